import { SennError } from '../../core/errors.ts';
import type { Invert } from '../../core/images/prepare.ts';
import type { Manifest } from '../../core/manifest.ts';
import type { Tensor } from '../../core/tensor.ts';
import { imageToTensor } from '../images.ts';

/** Image files as a model takes them, decoded by the browser on the thread that asks. */

/** What is not even decoded: the most bytes of a file, and the most pixels of an image, of which each takes 4 bytes. */
export const LARGEST_IMAGE = { bytes: 64 * 2 ** 20, pixels: 1e8 } as const;

const nameOf = (file: Blob): string => (typeof File !== 'undefined' && file instanceof File ? file.name : 'the image');

/** An image file, decoded; whoever asked closes it. @throws image_too_large | invalid_image | unavailable */
async function decoded(file: Blob): Promise<ImageBitmap> {
  const where = nameOf(file);
  if (file.size > LARGEST_IMAGE.bytes) {
    throw new SennError('image_too_large', `${where}: ${file.size} bytes are more than ${LARGEST_IMAGE.bytes}`);
  }
  if (typeof createImageBitmap === 'undefined') {
    throw new SennError('unavailable', `${where}: nothing here decodes images; give a tensor or pixels`);
  }
  let bitmap: ImageBitmap;
  try {
    bitmap = await createImageBitmap(file, { colorSpaceConversion: 'none' });
  } catch (error) {
    throw new SennError('invalid_image', `${where}: this browser cannot read it as an image`, {}, error);
  }
  const { width, height } = bitmap;
  if (width * height <= LARGEST_IMAGE.pixels) return bitmap;
  bitmap.close();
  throw new SennError(
    'image_too_large',
    `${where}: ${width} × ${height} pixels are more than ${LARGEST_IMAGE.pixels}; scale it down first`,
  );
}

/**
 * A tensor as it is; an image file as the model takes it.
 * @returns `[N, …]` in the model's units
 * @throws unsupported_input | image_too_large | invalid_image | unavailable
 */
export async function decodedInput(input: Tensor | Blob, { input: taken }: Manifest, invert?: Invert): Promise<Tensor> {
  if (!(input instanceof Blob)) return input;
  if (taken.kind !== 'image') {
    throw new SennError('unsupported_input', `${nameOf(input)}: the model takes features, not images`);
  }
  const bitmap = await decoded(input);
  try {
    return imageToTensor(bitmap, taken, invert === undefined ? {} : { invert });
  } finally {
    bitmap.close();
  }
}
