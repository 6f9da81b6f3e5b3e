import { batchSize, rowOf } from '../../tensor.ts';
import type { Explanations } from '../evidence/explanations.ts';
import { defineMetric } from '../metric.ts';
import { noValue } from '../no-value.ts';
import { accuracyOf, chanceAgreement, classOf, meanOf, rightOnes } from './decision.ts';

/** Does the decision pass around the concepts? Asked by giving each input the concepts of another. */

declare module '../metric.ts' {
  interface MetricScopes {
    'leak.permuted': 'set';
  }
}

/**
 * How much of the decision passes around the concepts: the accuracy of Σ_k θ_k(x)·h_k(π(x)) against the labels, the
 * mean over 5 permutations π of the set. Where the concepts carry the decision, concepts of another input give another
 * class, and the value falls to `floor`. Where it stays near `accuracy`, the relevances decide by themselves and the
 * concepts are decoration. A constant concept stays what it is.
 *
 * Figures beside it: `floor`, Σ_c P(y = c)·P(ŷ = c) with ŷ the model's own predictions, and `accuracy`, that of the
 * model on the same inputs. No value for a set of one input.
 */
export const leakPermuted = defineMetric({
  name: 'leak.permuted',
  needs: ['explanations', 'labels'],
  scope: 'set',
  direction: 'lower',
  range: [0, 1],
  sets: ['audit'],
  source: 'senn-onnx; the permutation is that of Breiman 2001, "Random Forests", section 10',
  cannotTell:
    'whether the concepts mean anything, nor whether relevances that are read off the concepts decide in their place',
  async measure({ explanations, labels }, { random, onProgress }) {
    const N = batchSize(explanations.concepts);
    if (N < 2) return noValue('one input alone has no other whose concepts it could be given');
    const right = new Array<number>(N).fill(0);
    for (let i = 0; i < PERMUTATIONS; i++) {
      permutedRight(explanations, labels, random.permutation(N)).forEach((one, n) => {
        right[n] = (right[n] as number) + one / PERMUTATIONS;
      });
      onProgress?.(i + 1, PERMUTATIONS);
    }
    const { predicted } = explanations;
    const figures = { floor: chanceAgreement(labels, predicted), accuracy: accuracyOf(labels, predicted) };
    return { value: meanOf(right), figures, terms: { of: right } };
  },
});

/** Permutations that the accuracy is the mean of. */
const PERMUTATIONS = 5;

/**
 * What is right with concepts that know nothing of the input: each input keeps its relevances and gets the concepts of
 * another, as a permutation deals them out.
 * @param labels `[N]`
 * @param order `[N]`, whose concepts each input gets
 * @returns `[N]`, 1 where the class is the label, else 0
 */
function permutedRight(
  { concepts, relevances }: Pick<Explanations, 'concepts' | 'relevances'>,
  labels: Int32Array,
  order: Int32Array,
): number[] {
  return rightOnes(labels, (n) => classOf(rowOf(concepts, order[n] as number), rowOf(relevances, n)));
}

/** The share of those that are right: the accuracy. */
export const permutedAccuracy = (...given: Parameters<typeof permutedRight>): number => meanOf(permutedRight(...given));
