import { flattened, type ImageInput, type Invert, toModelInput } from '../../core/images/prepare.ts';
import type { Manifest } from '../../core/manifest.ts';
import { checkInput } from '../../core/predictor.ts';
import { batchSize, type Tensor } from '../../core/tensor.ts';
import type { Intervention } from '../../core/views/intervention.ts';
import type { BatchImage } from '../images/batch-image.ts';
import { decodePlainPng } from '../images/plain-png.ts';
import { sharedBytes } from '../shared-bytes.ts';

/**
 * The inputs of a job, from the request to the rows that the model takes. Where they are sent to a thread, large ones
 * are put into shared memory first, so that sending copies nothing.
 */

/** Images, still to be made into tensors, or a tensor in the model's units. */
export type BatchInput = {
  /** `[N]`, concepts that are to be set. */
  readonly interventions?: readonly (Intervention | undefined)[];
} & (
  | { readonly kind: 'images'; readonly images: readonly BatchImage[]; readonly invert: Invert }
  | { readonly kind: 'tensor'; readonly tensor: Tensor }
);

/** Bytes from which on sharing memory costs less than copying it. */
const LARGE = 16_384;

/**
 * Bytes ready for another thread: in shared memory, or few in memory of their own. Sending a part of Node's pool copies
 * all of it.
 */
const sendable = (bytes: Uint8Array): Uint8Array => (bytes.length < LARGE ? new Uint8Array(bytes) : sharedBytes(bytes));

const sendableImage = (image: BatchImage): BatchImage =>
  image.kind === 'png' ? { ...image, bytes: sendable(image.bytes) } : { ...image, data: sendable(image.data) };

/** The same input with its images ready to be sent to a thread. */
export function forThread(input: BatchInput): BatchInput {
  return input.kind === 'tensor' ? input : { ...input, images: input.images.map(sendableImage) };
}

/** Pixels (width × height) of the input's images: making them into tensors is work. */
export function pixelCount(input: BatchInput): number {
  if (input.kind === 'tensor') return 0;
  return input.images.reduce((sum, image) => {
    const { width, height } = image.kind === 'png' ? image.header : image;
    return sum + width * height;
  }, 0);
}

/** Number of inputs whose concepts are set: each is decoded, and read again. */
export function interventionCount({ interventions = [] }: BatchInput): number {
  return interventions.filter((intervention) => intervention !== undefined).length;
}

/** Number of inputs. */
export function inputCount(input: BatchInput): number {
  return input.kind === 'images' ? input.images.length : batchSize(input.tensor);
}

/**
 * Writes the inputs as the model takes them. Large images take milliseconds, too long for a server's event loop.
 * @param rows `[N, …]` in the model's units; overwritten
 * @throws invalid_image, shape_mismatch
 */
export function writeInputs(rows: Float32Array, input: BatchInput, manifest: Manifest): void {
  if (input.kind === 'tensor') {
    checkInput(manifest, input.tensor);
    rows.set(input.tensor.data);
    return;
  }
  const { images, invert } = input;
  const size = rows.length / images.length;
  images.forEach((image, i) => {
    const row = rows.subarray(i * size, (i + 1) * size);
    const pixels = image.kind === 'png' ? decodePlainPng(image.bytes, image.where, image.header) : image;
    const { data } = toModelInput(flattened(pixels, row), manifest.input as ImageInput, invert);
    if (data !== row) row.set(data);
  });
}
