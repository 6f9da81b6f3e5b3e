import type { Manifest } from '../../core/manifest.ts';
import { gatherEvidence } from '../../core/metrics/gather.ts';
import type { ScoringInputs } from '../../core/metrics/scoring-set.ts';
import { createPredictor } from '../../core/predictor.ts';
import { tensor } from '../../core/tensor.ts';
import { fakeManifest, gradientGraph, gradientSession, rowSession } from './fake-model.ts';

/** A linear model by hand: images of two pixels are their own concepts, and one matrix of weights serves all inputs. */

export type Row = (row: Float32Array) => readonly number[];

export interface LinearModel {
  /** `[K]`, logit of class "yes" for a unit of each concept; class "no" has none. */
  readonly weights?: readonly number[];
  /** θ `[K · 2]` of an input, where it is not the same for all. */
  readonly relevances?: Row;
  readonly encode?: Row;
  readonly decode?: Row;
  readonly manifest?: Partial<Manifest>;
  /** `[F]`, the gradient of the logit of a class at a row, where the model is to have it as a graph. */
  readonly gradientOf?: (row: Float32Array, c: number) => readonly number[];
}

export const conceptWith = (
  name: string,
  [q05, q25, q50, q75, q95]: readonly [number, number, number, number, number],
  mean?: number,
): Manifest['concepts'][number] => ({
  name,
  quantiles: { q05, q25, q50, q75, q95 },
  prototypes: [],
  ...(mean === undefined ? {} : { mean }),
});

/** Quantiles −2 … 2 for both concepts: Σ(v − v̄)² = 10. */
export const twoConcepts = [conceptWith('a', [-2, -1, 0, 1, 2], 0), conceptWith('b', [-2, -1, 0, 1, 2], 0)];

export function linearModel({
  weights = [2, -1],
  relevances = () => weights.flatMap((weight) => [weight, 0]),
  encode = (x) => [...x],
  decode = (h) => [...h.subarray(0, 2)],
  manifest = {},
  gradientOf,
}: LinearModel = {}) {
  const described: Manifest = {
    ...fakeManifest,
    input: { kind: 'image', channels: 1, height: 1, width: 2 },
    classes: ['yes', 'no'],
    concepts: twoConcepts,
    graphs: { ...fakeManifest.graphs, ...(gradientOf && gradientGraph) },
    ...manifest,
  };
  const K = described.concepts.length;
  const shape = described.input.kind === 'image' ? [1, 1, 2] : [described.input.features.length];
  const sessions = {
    conceptizer: rowSession('concepts', [K], encode),
    parameterizer: rowSession('relevances', [K, described.classes.length], relevances),
    decoder: rowSession('reconstruction', shape, decode),
  };
  const open = { ...sessions, ...(gradientOf && { gradient: gradientSession(gradientOf) }) };
  return { predictor: createPredictor(described, open), sessions, shape };
}

/** Everything that such a model and these inputs tell. */
export async function evidenceOf(
  inputs: readonly (readonly number[])[],
  model: LinearModel = {},
  set: Partial<ScoringInputs> = {},
) {
  const { predictor, sessions, shape } = linearModel(model);
  const input = tensor(Float32Array.from(inputs.flat()), [inputs.length, ...shape]);
  const evidence = await gatherEvidence(predictor, { name: 'rows', input, ...set }, { seed: 0 });
  return { ...evidence, sessions };
}
