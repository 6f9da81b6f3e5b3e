import { flattened, type ImageInput, type Invert, type Pixels, toModelInput } from '../core/images/prepare.ts';
import type { Manifest } from '../core/manifest.ts';
import { batchSize, concatRows, type Tensor } from '../core/tensor.ts';
import { decodePlainPng } from './images/plain-png.ts';

/**
 * Inputs on their way to what runs them. On the way to a thread what is large lies in shared memory: it is not copied.
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
  | (Pixels & { readonly kind: 'pixels'; readonly data: Uint8Array })
  | { readonly kind: 'png'; readonly where: string; readonly bytes: Uint8Array; readonly pixels: number };

/** Images, or what already is in the model's units. */
export type BatchInput =
  | { readonly kind: 'images'; readonly images: readonly BatchImage[]; readonly invert: Invert }
  | { readonly kind: 'tensor'; readonly tensor: Tensor };

/** Bytes from which on a copy takes longer than sharing them. */
const LARGE = 16_384;

/** In shared memory, or where there are few in memory of their own: a part of a pool would take all of it along. */
const sendable = (bytes: Uint8Array): Uint8Array => (bytes.length < LARGE ? new Uint8Array(bytes) : sharedBytes(bytes));

const sendableImage = (image: BatchImage): BatchImage =>
  image.kind === 'png' ? { ...image, bytes: sendable(image.bytes) } : { ...image, data: sendable(image.data) };

/** The same input, its images ready for the way to a thread. */
export function forThread(input: BatchInput): BatchInput {
  return input.kind === 'tensor' ? input : { ...input, images: input.images.map(sendableImage) };
}

/** Pixels that are still to be made into inputs. */
export function pixelCount(input: BatchInput): number {
  if (input.kind === 'tensor') return 0;
  return input.images.reduce(
    (sum, image) => sum + (image.kind === 'png' ? image.pixels : image.width * image.height),
    0,
  );
}

/** Number of inputs. */
export function inputCount(input: BatchInput): number {
  return input.kind === 'images' ? input.images.length : batchSize(input.tensor);
}

/**
 * The inputs as the model takes them. Large images cost milliseconds here: those are not for the event loop of a server.
 * @returns `[N, …]` in the model's units
 * @throws invalid_image
 */
export function tensorOf(input: BatchInput, manifest: Pick<Manifest, 'input'>): Tensor {
  if (input.kind === 'tensor') return input.tensor;
  const field = manifest.input as ImageInput;
  const pixelsOf = (image: BatchImage): Pixels =>
    image.kind === 'png' ? decodePlainPng(image.bytes, image.where) : image;
  const tensors = input.images.map((image) => toModelInput(flattened(pixelsOf(image)), field, input.invert));
  return tensors.length === 1 ? (tensors[0] as Tensor) : concatRows(tensors);
}
