import type { RandomStream } from '../../random.ts';
import type { CodedSample } from '../evidence/factors.ts';
import { defineMetric } from '../metric.ts';
import { type BoostingOptions, boostingDefaults, fitBoostedTrees } from './boosting/classifier.ts';
import { entropy } from './information.ts';
import { columnOf, type MatrixValue, mean } from './matrix.ts';

/** Disentanglement, completeness and informativeness, from trees that predict the factors. */

declare module '../metric.ts' {
  interface MetricScopes {
    dci: 'set';
  }
}

/**
 * Disentanglement, completeness and informativeness, from the importance of each code for each factor in trees that
 * predict the factor from all codes. Importance: the total decrease of impurity by splits at a code, as a share.
 * - the value, disentanglement: 1 − entropy of a code's importances over the factors (base F), the mean over the codes weighted
 *   by their importance. 1 where each code serves one factor, though several may serve the same.
 * - `completeness`: 1 − entropy of a factor's importances over the codes (base K), the mean over the factors. 1 where
 *   each factor is served by one code.
 * - `informativeness`: accuracy of the prediction on rows held out, the mean over the factors (as Locatello et al.
 *   2019 report it), and `predictionError` = 1 − accuracy, the paper's own direction.
 *
 * The trees are gradient boosted ones, as in Locatello et al. 2019, on up to 256 bins a code; ties between codes are
 * broken at random, so that a code and its copy share the importance.
 *
 * `matrix`: importances, each column sums to 1 (or is 0 where the codes know nothing of the factor).
 */
export const dci = defineMetric({
  name: 'dci',
  needs: ['factors'],
  scope: 'set',
  direction: 'higher',
  range: [0, 1],
  sets: [],
  source:
    'Eastwood & Williams 2018, "A Framework for the Quantitative Evaluation of Disentangled Representations", section 2',
  cannotTell: 'whether the codes know the factors at all: read `informativeness` beside it',
  measure: async ({ factors }, { random }) => dciOf(await factors.sample(), random),
});

/** Rows held out for the informativeness: 5,000 of 15,000, as Locatello et al. 2019 have it. */
const TEST_SHARE = 1 / 3;

/** 1 − H(weights) / log n for n weights: 1 where one has it all (as where it is alone), 0 where all are equal. */
function concentration(weights: readonly number[]): number {
  return weights.length === 1 ? 1 : 1 - entropy(weights) / Math.log(weights.length);
}

/** Mean of the concentration of each list, weighted by its sum; 0 where all sums are 0. */
function weightedConcentration(lists: readonly (readonly number[])[]): number {
  const sums = lists.map((list) => list.reduce((sum, value) => sum + value, 0));
  const total = sums.reduce((sum, value) => sum + value, 0);
  if (total === 0) return 0;
  return lists.reduce((sum, list, i) => sum + concentration(list) * ((sums[i] as number) / total), 0);
}

/** Disentanglement and completeness of an importance matrix `[K, F]`, entries at least 0. */
export function disentanglementAndCompleteness(matrix: readonly (readonly number[])[]): {
  readonly disentanglement: number;
  readonly completeness: number;
} {
  const columns = (matrix[0] ?? []).map((_, f) => columnOf(matrix, f));
  return { disentanglement: weightedConcentration(matrix), completeness: weightedConcentration(columns) };
}

function valuesAt(code: Float32Array, rows: Int32Array): Float32Array {
  const values = new Float32Array(rows.length);
  for (let i = 0; i < rows.length; i++) values[i] = code[rows[i] as number] as number;
  return values;
}

/** See `dci`. */
export function dciOf(
  { codes, factors }: CodedSample,
  random: RandomStream,
  boosting: BoostingOptions = boostingDefaults,
): MatrixValue & {
  readonly figures: Readonly<Record<'completeness' | 'informativeness' | 'predictionError', number>>;
} {
  const N = codes[0]?.length ?? 0;
  const order = random.permutation(N);
  const held = order.subarray(0, Math.max(1, Math.floor(N * TEST_SHARE)));
  const kept = order.subarray(held.length);
  const train = codes.map((code) => valuesAt(code, kept));
  const test = codes.map((code) => valuesAt(code, held));
  const results = factors.map(({ size, values }) => {
    const labels = { size, values: kept.map((row) => values[row] as number) };
    const { importances, predict } = fitBoostedTrees(train, labels, random, boosting);
    const right = predict(test).filter((label, i) => label === values[held[i] as number]);
    return { importances, accuracy: right.length / held.length };
  });
  const matrix = codes.map((_, k) => results.map(({ importances }) => importances[k] as number));
  const informativeness = mean(results.map(({ accuracy }) => accuracy));
  const { disentanglement, completeness } = disentanglementAndCompleteness(matrix);
  return {
    value: disentanglement,
    figures: { completeness, informativeness, predictionError: 1 - informativeness },
    matrix,
  };
}
