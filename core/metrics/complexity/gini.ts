import { defineMetric } from '../metric.ts';
import { ofContributions } from '../shared/contributions.ts';

/** Is an explanation sparse: do few concepts hold most of it? */

declare module '../metric.ts' {
  interface MetricScopes {
    gini: 'input';
  }
}

/**
 * The Gini index of the sizes of the contributions to the predicted class: with |a| in rising order and K concepts,
 * Σᵢ (2i − K − 1)·|a|ᵢ / (K·Σ|a|), per input. 0 where all are of one size, (K − 1)/K where one concept holds all. A constant concept
 * (a bias) is one of them. Free of scale. No value where every contribution is 0.
 *
 * Quantus' `Sparseness` is the same figure, up to 1e-7·K that it adds to every size so as not to divide by 0.
 */
export const gini = defineMetric({
  name: 'gini',
  needs: ['explanations'],
  scope: 'input',
  direction: 'higher',
  range: [0, 1],
  sets: [],
  source: 'Chalasani et al. 2020, "Concise Explanations of Neural Networks using Adversarial Training", section 3',
  cannotTell: 'how many concepts that is: its highest value depends on their number',
  measure: async ({ explanations }, { onProgress }) => ofContributions(explanations, giniOf, onProgress),
});

/** See `gini`. @param values `[K]`, whose sizes count */
export function giniOf(values: readonly number[]): number | null {
  const sizes = values.map(Math.abs).sort((a, b) => a - b);
  const total = sizes.reduce((sum, size) => sum + size, 0);
  const K = sizes.length;
  if (total === 0) return null;
  return sizes.reduce((sum, size, i) => sum + (2 * (i + 1) - K - 1) * size, 0) / (K * total);
}
