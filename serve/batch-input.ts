import { flattened, type ImageInput, type Invert, type Pixels, toModelInput } from '../core/images/prepare.ts';
import type { Manifest } from '../core/manifest.ts';
import { batchSize, concatRows, type Tensor } from '../core/tensor.ts';
import { decodePlainPng } from './images/plain-png.ts';

/**
 * Inputs on their way to the thread that runs them. What is large lies in shared memory: it is not copied on the way,
 * and it is still there when the thread dies and the inputs go to another one.
 */

export type SharedBytes = Uint8Array<SharedArrayBuffer>;

/** A copy that threads share. */
export function sharedBytes(bytes: Uint8Array): SharedBytes {
  const shared = new Uint8Array(new SharedArrayBuffer(bytes.byteLength));
  shared.set(bytes);
  return shared;
}

/** An image: decoded, or a plain PNG (see `isPlainPng`), which costs the thread less than the way to a decoder. */
export type BatchImage =
  | (Pixels & { readonly kind: 'pixels'; readonly data: SharedBytes })
  | { readonly kind: 'png'; readonly where: string; readonly bytes: SharedBytes };

/** Images, or what already is in the model's units. */
export type BatchInput =
  | { readonly kind: 'images'; readonly images: readonly BatchImage[]; readonly invert: Invert }
  | { readonly kind: 'tensor'; readonly tensor: Tensor };

/** Number of inputs. */
export function inputCount(input: BatchInput): number {
  return input.kind === 'images' ? input.images.length : batchSize(input.tensor);
}

/**
 * The inputs as the model takes them. Images cost a good part of a millisecond each here: not for the event loop of a
 * server.
 * @returns `[N, …]` in the model's units
 * @throws invalid_image
 */
export function tensorOf(input: BatchInput, manifest: Pick<Manifest, 'input'>): Tensor {
  if (input.kind === 'tensor') return input.tensor;
  const field = manifest.input as ImageInput;
  const pixelsOf = (image: BatchImage): Pixels =>
    image.kind === 'png' ? decodePlainPng(image.bytes, image.where) : image;
  return concatRows(input.images.map((image) => toModelInput(flattened(pixelsOf(image)), field, input.invert)));
}
