import { decodingBox, flattened, type ImageInput, type Invert, toModelInput } from '../../core/images/prepare.ts';
import type { Tensor } from '../../core/tensor.ts';
import { decodeImage } from './decode.ts';

/**
 * An image file → the model's input: decoded upright and in sRGB, then by the rule of `toModelInput`.
 * @returns `[1, C, H, W]` in [0, 1]
 * @throws unsupported_media_type, image_too_large, invalid_image
 */
export async function prepareImage(
  bytes: Uint8Array,
  where: string,
  input: ImageInput,
  { invert, maxPixels }: { readonly invert: Invert; readonly maxPixels: number },
): Promise<Tensor> {
  const pixels = await decodeImage(bytes, where, { ...decodingBox(input), maxPixels });
  return toModelInput(flattened(pixels), input, invert);
}
