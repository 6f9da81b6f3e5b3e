import { defineMetric } from '../metric.ts';
import { chanceOf, meanOf, rightOnes } from './decision.ts';

/** The accuracy of the model on the scored set, which every other figure of the audit is read beside. */

declare module '../metric.ts' {
  interface MetricScopes {
    accuracy: 'set';
  }
}

/** Share of the inputs whose predicted class is the true one. Figure beside it: `chance`, the share of the most frequent class. */
export const accuracy = defineMetric({
  name: 'accuracy',
  needs: ['predictions', 'labels'],
  scope: 'set',
  direction: 'higher',
  range: [0, 1],
  sets: ['audit'],
  source: 'senn-onnx; the share of right answers',
  cannotTell: 'what the decision rests on',
  async measure({ predictions, labels }) {
    const right = rightOnes(labels, (n) => predictions.predicted[n] as number);
    return { value: meanOf(right), figures: { chance: chanceOf(labels) }, terms: { of: right } };
  },
});
