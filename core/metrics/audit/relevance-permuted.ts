import { batchSize, rowOf, type Tensor } from '../../tensor.ts';
import { defineMetric } from '../metric.ts';
import { noValue } from '../no-value.ts';
import { accuracyOf, classOf, meanOf, rightOnes } from './decision.ts';

/** How much do the relevances differ from input to input, and does it matter? Asked by giving each input those of another. */

declare module '../metric.ts' {
  interface MetricScopes {
    'relevance.permuted': 'set';
  }
}

/**
 * What one fixed matrix of relevances would do: the accuracy of Σ_k θ_k(π(x))·h_k(x), the mean over 5 permutations π of
 * the set. Equal to `accuracy`, θ is constant for all that the decision shows, and the model is a linear head on its
 * concepts: that is allowed, and must be said.
 *
 * Figures beside it: `accuracy`, that of the model on the same inputs; `spread`, how much θ varies (`spreadOf`); and
 * `constant`, 1 where θ is constant: where `spread` is at most `CONSTANT_SPREAD`; else 0. No value for a set of one input.
 */
export const relevancePermuted = defineMetric({
  name: 'relevance.permuted',
  needs: ['explanations', 'labels'],
  scope: 'set',
  direction: 'none',
  range: [0, 1],
  sets: ['audit'],
  source: 'senn-onnx; the permutation is that of Breiman 2001, "Random Forests", section 10',
  cannotTell: 'whether the relevances that differ say anything about their inputs',
  async measure({ explanations: { concepts, relevances, predicted }, labels }, { random, onProgress }) {
    const N = batchSize(concepts);
    if (N < 2) return noValue('one input alone has no other whose relevances it could be given');
    const right = new Array<number>(N).fill(0);
    for (let i = 0; i < PERMUTATIONS; i++) {
      const order = random.permutation(N);
      const given = (n: number) => classOf(rowOf(concepts, n), rowOf(relevances, order[n] as number));
      rightOnes(labels, given).forEach((one, n) => {
        right[n] = (right[n] as number) + one / PERMUTATIONS;
      });
      onProgress?.(i + 1, PERMUTATIONS);
    }
    const spread = spreadOf(relevances);
    const constant = spread <= CONSTANT_SPREAD ? 1 : 0;
    const figures = { accuracy: accuracyOf(labels, predicted), spread, constant };
    return { value: meanOf(right), figures, terms: { of: right } };
  },
});

/** Permutations that the accuracy is the mean of. */
const PERMUTATIONS = 5;

/** θ is called constant where none of its entries varies by more than 5 % of the size of θ. */
export const CONSTANT_SPREAD = 0.05;

/**
 * The largest standard deviation of an entry θ[k,c] over the inputs, as a share of the root mean square of all of θ:
 * 0 where θ is the same for every input, and where it is 0.
 * @param relevances `[N, K, C]`
 */
export function spreadOf({ shape: [N = 0, K = 0, C = 0], data }: Tensor): number {
  const width = K * C;
  let [largest, squares] = [0, 0];
  for (let i = 0; i < width; i++) {
    let mean = 0;
    for (let n = 0; n < N; n++) mean += data[n * width + i] as number;
    mean /= N;
    let variance = 0;
    for (let n = 0; n < N; n++) variance += ((data[n * width + i] as number) - mean) ** 2 / N;
    largest = Math.max(largest, variance);
    squares += (variance + mean ** 2) / width;
  }
  return squares === 0 ? 0 : Math.sqrt(largest / squares);
}
