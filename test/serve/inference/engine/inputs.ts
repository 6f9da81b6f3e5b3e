import type { PredictResponse } from '../../../../core/api.ts';
import type { Tensor } from '../../../../core/tensor.ts';
import { type PlainPng, plainPngHeader } from '../../../../serve/images/plain-png.ts';
import type { BatchInput } from '../../../../serve/inference/batch-input.ts';
import { digitBytes } from '../../fixtures.ts';

/** Inputs for jobs of the engine, and options of what is asked of them. */

export type Prediction = PredictResponse['predictions'][number];

export const bare = { explain: [], steps: 1, contrast: undefined, sheet: false };
export const whole = {
  explain: ['concepts', 'relevances', 'contributions', 'traversals'],
  steps: 3,
  sheet: false,
} as const;

/** The digits of the test set from `first` on. @returns `[size, 1, 28, 28]` */
export function digits(first: number, size: number): Tensor {
  const bytes = Array.from({ length: size }, (_, i) => [...digitBytes(first + i)]).flat();
  return { shape: [size, 1, 28, 28], data: Float32Array.from(bytes, (byte) => byte / 255) };
}
export const input = (first: number, size = 1): BatchInput => ({ kind: 'tensor', tensor: digits(first, size) });

/** One image, as `decodeAll` leaves a plain PNG. */
export const pngInput = (bytes: Uint8Array, header = plainPngHeader(bytes) as PlainPng): BatchInput => ({
  kind: 'images',
  images: [{ kind: 'png', where: 'image 0', bytes, header }],
  invert: 'auto',
});

export const spoilt = (): BatchInput => ({
  kind: 'tensor',
  tensor: { shape: [1, 1, 28, 28], data: new Float32Array(784).fill(Number.NaN) },
});

/** The predictions of an answer. */
export const parsed = (value: Uint8Array): Prediction[] =>
  JSON.parse(`[${new TextDecoder().decode(value)}]`) as Prediction[];
