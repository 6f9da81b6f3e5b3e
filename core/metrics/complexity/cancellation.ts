import { defineMetric } from '../metric.ts';
import { predictedContributions } from '../shared/contributions.ts';

/** Do the concepts agree on the class, or does the decision rest on what is left when they cancel? */

declare module '../metric.ts' {
  interface MetricScopes {
    cancellation: 'input';
  }
}

/**
 * Σ_k |a_k| / |Σ_k a_k| of the contributions a to the predicted class, per input. 1: every concept votes the same way;
 * 5: three votes stand against two, and one is left to decide. A constant concept (a bias) votes with the others. No value where the contributions sum to 0.
 */
export const cancellation = defineMetric({
  name: 'cancellation',
  needs: ['explanations'],
  scope: 'input',
  direction: 'lower',
  range: [1, Number.POSITIVE_INFINITY],
  sets: ['audit'],
  source: 'senn-onnx',
  cannotTell: 'whether votes that cancel are about different things or say the same twice',
  async measure({ explanations }, { onProgress }) {
    const N = explanations.predicted.length;
    onProgress?.(N, N);
    return Array.from(explanations.predicted, (_, n) => {
      const contributions = predictedContributions(explanations, n);
      const sum = Math.abs(contributions.reduce((total, a) => total + a, 0));
      return sum === 0 ? null : contributions.reduce((total, a) => total + Math.abs(a), 0) / sum;
    });
  },
});
