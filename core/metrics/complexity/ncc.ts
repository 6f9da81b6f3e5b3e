import { defineMetric } from '../metric.ts';
import { predictedContributions } from '../shared/contributions.ts';

/** How many concepts does a reader have to look at? */

declare module '../metric.ts' {
  interface MetricScopes {
    ncc: 'input';
  }
}

/** The share of Σ|a| that the concepts of an explanation are asked to hold. */
const SHARE = 0.95;

/**
 * Number of contributing concepts: the fewest whose contributions a to the predicted class hold 95 % of Σ_k |a_k|, per
 * input. Signs do not count. A constant concept (a bias) is one of them, as it is in the figure. No value where every
 * contribution is 0.
 */
export const ncc = defineMetric({
  name: 'ncc',
  needs: ['explanations'],
  scope: 'input',
  direction: 'lower',
  range: [1, Number.POSITIVE_INFINITY],
  sets: ['audit'],
  source: 'senn-onnx; the length of an explanation as a cumulative share of its absolute contributions',
  cannotTell: 'whether the few concepts are the ones that decide: for that, the leaks',
  async measure({ explanations }, { onProgress }) {
    const N = explanations.predicted.length;
    onProgress?.(N, N);
    return Array.from(explanations.predicted, (_, n) => {
      const sizes = predictedContributions(explanations, n).map(Math.abs);
      return fewest(sizes.toSorted((a, b) => b - a));
    });
  },
});

/** @param sizes highest first, at least 0 */
function fewest(sizes: readonly number[]): number | null {
  const total = sizes.reduce((sum, size) => sum + size, 0);
  if (total === 0) return null;
  let held = 0;
  const last = sizes.findIndex((size) => {
    held += size;
    return held >= SHARE * total;
  });
  return last === -1 ? sizes.length : last + 1;
}
