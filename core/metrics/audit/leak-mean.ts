import { rowOf } from '../../tensor.ts';
import { defineMetric } from '../metric.ts';
import { isNoValue } from '../no-value.ts';
import { absentConcepts } from '../shared/reference.ts';
import { accuracyOf, chanceOf, classOf, meanOf, rightOnes } from './decision.ts';

/** Does the decision pass around the concepts? Asked by giving every input the same, usual concepts. */

declare module '../metric.ts' {
  interface MetricScopes {
    'leak.mean': 'set';
  }
}

/**
 * How much of the decision is left when the concepts say nothing: the accuracy of Σ_k θ_k(x)·h̄_k against the labels, h̄
 * the concepts' means over the training set. Where the concepts carry the decision it falls to `chance`; where it stays
 * near `accuracy`, the relevances decide by themselves. A constant concept stays as it is.
 *
 * Figures beside it: `chance`, the share of the most frequent class, and `accuracy`, that of the model on the same
 * inputs. No value without the means of the concepts in the manifest.
 */
export const leakMean = defineMetric({
  name: 'leak.mean',
  needs: ['explanations', 'predictor', 'labels'],
  scope: 'set',
  direction: 'lower',
  range: [0, 1],
  sets: ['audit'],
  source: 'senn-onnx',
  cannotTell:
    'anything where the means are about 0, as of centred concepts: the logits are then 0 whatever the relevances; read leak.permuted beside it',
  async measure({ explanations: { concepts, relevances, predicted }, predictor, labels }) {
    const absent = absentConcepts(predictor.manifest);
    if (isNoValue(absent)) return absent;
    const right = rightOnes(labels, (n) => {
      const h = rowOf(concepts, n).slice();
      for (const { k, mean } of absent) h[k] = mean;
      return classOf(h, rowOf(relevances, n));
    });
    const figures = { chance: chanceOf(labels), accuracy: accuracyOf(labels, predicted) };
    return { value: meanOf(right), figures, terms: { of: right } };
  },
});
