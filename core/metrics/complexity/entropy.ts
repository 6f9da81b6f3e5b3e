import { entropy as entropyOfWeights } from '../disentanglement/information.ts';
import { defineMetric } from '../metric.ts';
import { ofContributions } from '../shared/contributions.ts';

/** How spread out is an explanation over its concepts? */

declare module '../metric.ts' {
  interface MetricScopes {
    entropy: 'input';
  }
}

/**
 * The entropy of the shares |a_k| / Σ|a| of the contributions to the predicted class, in nats, per input: 0 where one
 * concept holds all, ln K where all are of one size. A constant concept (a bias) is one of them. Free of scale. No value
 * where every contribution is 0.
 */
export const entropy = defineMetric({
  name: 'entropy',
  needs: ['explanations'],
  scope: 'input',
  direction: 'lower',
  range: [0, Number.POSITIVE_INFINITY],
  sets: [],
  source: 'Bhatt et al. 2020, "Evaluating and Aggregating Feature-based Model Explanations", definition 4 (complexity)',
  cannotTell: 'whether the concepts that hold it are the ones that decide: for that, the leaks',
  measure: async ({ explanations }, { onProgress }) => ofContributions(explanations, entropyOf, onProgress),
});

/** See `entropy`. @param values `[K]`, whose sizes count */
export function entropyOf(values: readonly number[]): number | null {
  return values.every((value) => value === 0) ? null : entropyOfWeights(values.map(Math.abs));
}
