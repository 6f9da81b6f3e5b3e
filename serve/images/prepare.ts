import { decodingBox, flattened, type ImageInput, type Invert, toModelInput } from '../../core/images/prepare.ts';
import type { Tensor } from '../../core/tensor.ts';
import { openImage } from './decode.ts';

/**
 * An image file → the model's input: decoded upright and in sRGB, then by the rule of `toModelInput`. It keeps the
 * thread busy for milliseconds; a server decodes and leaves the rule to its worker.
 * @returns `[1, C, H, W]` in [0, 1]
 * @throws unsupported_media_type, image_too_large, invalid_image
 */
export async function prepareImage(
  bytes: Uint8Array,
  where: string,
  input: ImageInput,
  { invert, maxPixels }: { readonly invert: Invert; readonly maxPixels: number },
): Promise<Tensor> {
  const file = await openImage(bytes, where, { maxPixels });
  return toModelInput(flattened(await file.decode(decodingBox(input))), input, invert);
}
