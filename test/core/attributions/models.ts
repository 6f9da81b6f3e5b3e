import type { Manifest } from '../../../core/manifest.ts';
import { createPredictor } from '../../../core/predictor.ts';
import { sizeOf, type Tensor, tensor } from '../../../core/tensor.ts';
import { fakeManifest, gradientGraph, gradientSession, rowSession } from '../../helpers/fake-model.ts';

/** Models of which every attribution is known: their one concept is 1, and θ holds the two logits. */

type Logits = (row: Float32Array) => readonly [number, number];

/** @param gradientOf of a class's logit; a model without it has no gradient graph */
export function modelOf(
  input: Manifest['input'],
  logits: Logits,
  gradientOf?: (row: Float32Array, c: number) => readonly number[],
) {
  const manifest: Manifest = {
    ...fakeManifest,
    input,
    classes: ['a', 'b'],
    concepts: fakeManifest.concepts.slice(0, 1),
    graphs: { ...fakeManifest.graphs, ...(gradientOf && gradientGraph) },
  };
  const shape = input.kind === 'image' ? [input.channels, input.height, input.width] : [input.features.length];
  const sessions = {
    conceptizer: rowSession('concepts', [1], () => [1]),
    parameterizer: rowSession('relevances', [1, 2], logits),
    decoder: rowSession('reconstruction', shape, () => []),
  };
  const gradient = gradientSession(gradientOf ?? (() => []));
  const open = { ...sessions, ...(gradientOf && { gradient }) };
  return { predictor: createPredictor(manifest, open), sessions, gradient };
}

/** Weights that no two places share, exact in float32. */
export const weightOf = (i: number): number => (((i * 7) % 23) - 11) / 8;

/** Logit w·x of the first class. */
export const linear: Logits = (row) => [row.reduce((sum, value, i) => sum + weightOf(i) * value, 0), 0];

export const tableOf = (F: number): Manifest['input'] => ({
  kind: 'tabular',
  features: Array.from({ length: F }, (_, f) => ({ name: `x${f}`, range: [0, 1] as [number, number] })),
});

export const imageOf = (side: number, channels: 1 | 3 = 1): Manifest['input'] => ({
  kind: 'image',
  channels,
  height: side,
  width: side,
  foreground: 'light',
});

/** N inputs of values in (0, 1], exact in float32. */
export const inputsOf = (N: number, shape: readonly number[]): Tensor =>
  tensor(
    Float32Array.from({ length: N * sizeOf(shape) }, (_, i) => (1 + ((i * 37) % 101)) / 128),
    [N, ...shape],
  );
