import type { CodedSample, FactorColumn, FactorKind } from '../evidence/factors.ts';
import { defineMetric } from '../metric.ts';
import { columnOf, gapOfBestTwo, type MatrixValue, mean } from './matrix.ts';
import { thresholdAccuracy } from './thresholds.ts';

/** Separated attribute predictability: does one code alone predict each factor? */

declare module '../metric.ts' {
  interface MetricScopes {
    sap: 'set';
  }
}

/**
 * Separated attribute predictability: for each factor, the score of the code that predicts it best by itself less that
 * of the second best; the mean over the factors. As published, the score of an ordinal factor is the R² of a linear
 * regression, and that of a categorical one the balanced accuracy of the best thresholds, fitted and scored on the
 * same rows; a constant code scores 0.
 *
 * A categorical factor of C values cannot reach 1 while a second code is alive, whose score is at least 1/C: three
 * shapes give 2/3. Locatello et al. 2019 take the plain accuracy of a linear SVM on rows held out for every factor,
 * so their figures are not to be compared with these.
 *
 * `matrix`: the scores, in [0, 1].
 */
export const sap = defineMetric({
  name: 'sap',
  needs: ['factors'],
  scope: 'set',
  direction: 'higher',
  range: [0, 1],
  sets: [],
  source:
    'Kumar et al. 2018, "Variational Inference of Disentangled Latent Concepts from Unlabeled Observations", section 3',
  cannotTell: 'whether a code knows other factors too, nor anything that neither a line nor a threshold shows',
  measure: async ({ factors }) => sapOf(await factors.sample()),
});

/** R² of the linear regression of the factor on the code: the square of Pearson's correlation. */
function explainedVariance(code: Float32Array, { values }: FactorColumn): number {
  const N = values.length;
  const codeMean = code.reduce((sum, z) => sum + z, 0) / N;
  const factorMean = values.reduce((sum, v) => sum + v, 0) / N;
  let [zv, zz, vv] = [0, 0, 0];
  for (let n = 0; n < N; n++) {
    const z = (code[n] as number) - codeMean;
    const v = (values[n] as number) - factorMean;
    zv += z * v;
    zz += z * z;
    vv += v * v;
  }
  return zv ** 2 / (zz * vv);
}

/** How well a code alone predicts a factor, in [0, 1]. */
const scoreOf = {
  ordinal: explainedVariance,
  categorical: thresholdAccuracy,
} satisfies Record<FactorKind, (code: Float32Array, factor: FactorColumn) => number>;

const isConstant = (code: Float32Array): boolean => code.every((value) => value === code[0]);

/** See `sap`. */
export function sapOf({ codes, factors }: CodedSample): MatrixValue {
  const matrix = codes.map((code) =>
    factors.map((factor) => (isConstant(code) ? 0 : scoreOf[factor.kind](code, factor))),
  );
  return { value: mean(factors.map((_, f) => gapOfBestTwo(columnOf(matrix, f)))), matrix };
}
