import type { PredictQuery } from '../../core/api.ts';
import type { Manifest } from '../../core/manifest.ts';
import type { Tensor } from '../../core/tensor.ts';
import { decodeImage } from './decode.ts';
import { borderMedian, inverted, padded, toGrey } from './pixels.ts';
import { scaledInside } from './resample.ts';
import { framedStrokes } from './strokes.ts';

/** An image file → the model's input. */

export type ImageInput = Extract<Manifest['input'], { kind: 'image' }>;

/** Side of the box that a drawing is decoded into before its strokes are looked for. */
const WORKING_SIDE = 256;

/**
 * The rule, in order:
 * 1. upright, sRGB, transparency flattened on black or white, whichever contrasts;
 * 2. grey for a model of one channel;
 * 3. dark and light swapped by `invert`; with `auto` only for a model whose manifest tells its `foreground`, and
 *    only when the median of the image's border contradicts it;
 * 4. an image of the model's size is left alone. Any other: for a model with a `foreground` the strokes are framed
 *    (see `framedStrokes`); else, or where no strokes are found, it is fitted whole and centred on its background.
 *
 * An image already of the model's size and polarity passes exactly: byte / 255.
 * @returns `[1, C, H, W]` in [0, 1]
 * @throws unsupported_media_type, image_too_large, invalid_image
 */
export async function prepareImage(
  bytes: Uint8Array,
  where: string,
  { channels, height, width, foreground }: ImageInput,
  { invert, maxPixels }: { readonly invert: PredictQuery['invert']; readonly maxPixels: number },
): Promise<Tensor> {
  const strokes = foreground !== undefined && channels === 1;
  const side = Math.max(WORKING_SIDE, 2 * height, 2 * width);
  const box = strokes ? { height: side, width: side, enlarge: false } : { height, width, enlarge: true };
  const decoded = await decodeImage(bytes, where, { ...box, maxPixels });
  const image = withPolarity(channels === 1 ? toGrey(decoded) : decoded, foreground, invert);
  const sized = strokes ? framed(image, height, width, foreground) : fitted(image, height, width);
  return { shape: [1, channels, height, width], data: sized.data };
}

const hasSize = ({ shape }: Tensor, height: number, width: number): boolean =>
  shape[1] === height && shape[2] === width;

function fitted(image: Tensor, height: number, width: number): Tensor {
  return hasSize(image, height, width) ? image : padded(scaledInside(image, height, width), height, width);
}

function withPolarity(image: Tensor, foreground: ImageInput['foreground'], invert: PredictQuery['invert']): Tensor {
  if (invert !== 'auto') return invert === 'true' ? inverted(image) : image;
  if (foreground === undefined) return image;
  const bright = borderMedian(toGrey(image)) > 0.5;
  return bright === (foreground === 'light') ? inverted(image) : image;
}

function framed(image: Tensor, height: number, width: number, foreground: 'light' | 'dark'): Tensor {
  if (hasSize(image, height, width)) return image;
  const light = framedStrokes(foreground === 'light' ? image : inverted(image), height, width);
  if (light === undefined) return fitted(image, height, width);
  return foreground === 'light' ? light : inverted(light);
}
