import type { Statics } from '../../core/artefacts/artefact.ts';
import type { Manifest } from '../../core/manifest.ts';
import { createPredictor, type Prediction, type Sessions } from '../../core/predictor.ts';
import { tensor } from '../../core/tensor.ts';
import { fakeManifest, rowSession } from './fake-model.ts';

/**
 * A model that reads what it draws, for tests of counterfactuals: h is the mean of each row of the image, the decoder paints rows. Deviations are 1 and
 * 2, so that a move of the second concept is half as far.
 */
const { conceptizer, parameterizer, decoder } = fakeManifest.graphs;
export const quantiles = { q05: -50, q25: -10, q50: 0, q75: 10, q95: 50 };
export const manifest: Manifest = {
  ...fakeManifest,
  concepts: [
    { name: 'top', quantiles, mean: 0, deviation: 1, prototypes: [0] },
    { name: 'bottom', quantiles, mean: 0, deviation: 2, prototypes: [1] },
  ],
  artefacts: ['concepts', 'counterfactual'],
  graphs: {
    conceptizer: conceptizer as NonNullable<typeof conceptizer>,
    parameterizer: { ...(parameterizer as NonNullable<typeof parameterizer>), inputs: ['concepts'] },
    decoder: decoder as NonNullable<typeof decoder>,
  },
  parameterizer: { reads: 'concepts' },
};

export const THETA = [1, 0, -1, 0, 1, -1];

interface Parts {
  /** θ of two concepts. */
  readonly theta?: (row: Float32Array) => readonly number[];
  /** What is read in a painted row, of what was painted. */
  readonly read?: (painted: number) => number;
}

export const sessionsOf = ({ theta = () => THETA, read = (painted) => painted }: Parts = {}) => ({
  conceptizer: rowSession('concepts', [2], ([a = 0, b = 0, c = 0, d = 0]) => [read((a + b) / 2), read((c + d) / 2)]),
  parameterizer: rowSession('relevances', [2, 3], theta),
  decoder: rowSession('reconstruction', [1, 2, 2], ([a = 0, b = 0]) => [a, a, b, b]),
});

export const inputOf = (...rows: readonly [number, number][]) =>
  tensor(Float32Array.from(rows.flatMap(([a, b]) => [a, a, b, b])), [rows.length, 1, 2, 2]);

export async function counterfactualOf(
  rows: readonly [number, number][],
  contrast: string,
  { of = manifest, sessions = sessionsOf() as Sessions, statics = {} as Statics } = {},
) {
  const options = { explain: ['counterfactual'] as const, contrast, statics };
  const predictions = await createPredictor(of, sessions).predict(inputOf(...rows), options);
  return predictions.map(({ counterfactual }) => counterfactual as NonNullable<Prediction['counterfactual']>);
}
