import { solvePositiveDefinite } from '../../algebra/cholesky.ts';
import { defineMetric } from '../metric.ts';
import { noValue } from '../no-value.ts';
import { fitDensityRatio } from '../shared/classifiers/density-ratio.ts';
import { type Column, meanAndVariance, permuted, varyingColumns } from '../shared/columns.ts';

/** Do the concepts together say what some of them say already? */

declare module '../metric.ts' {
  interface MetricScopes {
    'total-correlation': 'set';
  }
}

/**
 * Total correlation of the concepts over the set, KL(p(h) ‖ Π_k p(h_k)), as it would be of a normal distribution with
 * their correlations R: −½ ln det R, in nats. 0 where no line tells anything. Concepts that do not vary are left out.
 *
 * Figure beside it: `density`, without that assumption: a logistic regression on h_k, h_k² and h_j·h_k (standardised) is taught to tell
 * half of the inputs from the same with each concept dealt out anew by itself; the mean of its log odds over the other
 * half estimates the same divergence from below, so it may be smaller, and of independent concepts it is about 0, from either side. At most 2,000 inputs are looked at; of more than 15 concepts it is not there.
 *
 * No value with fewer than two concepts that vary, nor with fewer than 100 inputs, nor where one concept is a sum of others (R is singular).
 */
export const totalCorrelation = defineMetric({
  name: 'total-correlation',
  needs: ['explanations'],
  scope: 'set',
  direction: 'lower',
  range: [0, Number.POSITIVE_INFINITY],
  sets: [],
  source:
    'Watanabe 1960, "Information Theoretical Analysis of Multivariate Correlation"; density ratio: Kim & Mnih 2018, "Disentangling by Factorising", section 3',
  cannotTell: 'which concepts know of each other, and whether the set itself ties them together',
  async measure({ explanations: { concepts } }, { random }) {
    const columns = varyingColumns(concepts);
    const N = concepts.shape[0] ?? 0;
    if (columns.length < 2) return noValue('fewer than two concepts vary over the set');
    if (N < LEAST_INPUTS) return noValue(`${N} inputs are too few for it: it takes ${LEAST_INPUTS}`);
    const standard = columns.map(standardised);
    const logDeterminant = logDeterminantOf(standard);
    if (logDeterminant === null) return noValue('a concept is a sum of others');
    const value = Math.max(0, -logDeterminant / 2);
    if (columns.length > MOST_CONCEPTS) return { value };
    const rows = random.permutation(N).subarray(0, MOST_INPUTS);
    const shown = standard.map((values) => permuted(values, rows));
    const density = fitDensityRatio(
      shown,
      shown.map((values) => permuted(values, random.permutation(rows.length))),
    );
    return { value, figures: { density } };
  },
});

const LEAST_INPUTS = 100;
const MOST_INPUTS = 2_000;
/** The regression is on the products of every two: their number is the square of this. */
const MOST_CONCEPTS = 15;
/** Diagonal of the factor of R below which a concept is the sum of those before it. */
const SINGULAR = 1e-4;

function standardised({ values }: Column): Float32Array {
  const { mean, variance } = meanAndVariance(values);
  return values.map((value) => (value - mean) / Math.sqrt(variance));
}

/** ln det of the correlations; `null` where they are singular. @param columns `[K][N]`, standardised */
function logDeterminantOf(columns: readonly Float32Array[]): number | null {
  const K = columns.length;
  const R = new Float64Array(K * K);
  columns.forEach((a, i) => {
    columns.forEach((b, j) => {
      let sum = 0;
      for (let n = 0; n < a.length; n++) sum += (a[n] as number) * (b[n] as number);
      R[i * K + j] = i === j ? 1 : sum / a.length;
    });
  });
  solvePositiveDefinite(R, new Float64Array(K)); // leaves the factor of R in its lower triangle
  const diagonal = Array.from({ length: K }, (_, i) => R[i * K + i] as number);
  if (diagonal.some((value) => !(value > SINGULAR))) return null;
  return 2 * diagonal.reduce((sum, value) => sum + Math.log(value), 0);
}
