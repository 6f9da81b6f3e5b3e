import type { ImageInput, Invert, Pixels } from '../core/images/prepare.ts';
import { flattened, toModelInput } from '../core/images/prepare.ts';
import type { Manifest } from '../core/manifest.ts';
import { concatRows, type Tensor } from '../core/tensor.ts';

/** Pixels in memory of their own, so that it can be handed to another thread. */
export type OwnPixels = Pixels & { readonly data: Uint8Array<ArrayBuffer> };

/** A batch on its way to the thread that runs it: decoded images, or what already is in the model's units. */
export type BatchInput =
  | { readonly kind: 'pixels'; readonly images: readonly OwnPixels[]; readonly invert: Invert }
  | { readonly kind: 'tensor'; readonly tensor: Tensor };

/** The memory that goes along instead of being copied. */
export function memoryOf(input: BatchInput): ArrayBuffer[] {
  if (input.kind === 'pixels') return input.images.map(({ data }) => data.buffer);
  return [input.tensor.data.buffer as ArrayBuffer];
}

/**
 * The batch as the model takes it. Images cost milliseconds each here: not for the event loop of a server.
 * @returns `[N, …]` in the model's units
 */
export function tensorOf(input: BatchInput, manifest: Pick<Manifest, 'input'>): Tensor {
  if (input.kind === 'tensor') return input.tensor;
  const field = manifest.input as ImageInput;
  return concatRows(input.images.map((pixels) => toModelInput(flattened(pixels), field, input.invert)));
}
