import { SennError } from '../../core/errors.ts';
import { decodingBox, type ImageInput } from '../../core/images/prepare.ts';
import type { AtOnce } from '../at-once.ts';
import type { OwnPixels } from '../batch-input.ts';
import type { Instance } from '../body/instance.ts';
import type { Limits } from '../limits.ts';
import { openImage } from './decode.ts';

type ImageInstance = Extract<Instance, { kind: 'image' }>;

/**
 * Decodes the images of a request, after all their headers have been read and their pixels added up.
 * @throws unsupported_media_type, image_too_large, invalid_image
 */
export async function decodeAll(
  images: readonly ImageInstance[],
  input: ImageInput,
  { pixelsPerImage, pixelsPerRequest }: Limits,
  turn: AtOnce,
): Promise<OwnPixels[]> {
  const files = await Promise.all(
    images.map(({ bytes, where }) => turn(() => openImage(bytes, where, pixelsPerImage))),
  );
  const pixels = files.reduce((sum, file) => sum + file.pixels, 0);
  if (pixels > pixelsPerRequest) {
    throw new SennError(
      'image_too_large',
      `body: ${images.length} images of ${pixels} pixels; at most ${pixelsPerRequest} are decoded for one request`,
      { images: images.length, pixels, maxPixels: pixelsPerRequest },
    );
  }
  const box = decodingBox(input);
  return Promise.all(files.map((file) => turn(() => file.decode(box))));
}
