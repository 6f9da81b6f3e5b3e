import type { Manifest } from '../manifest.ts';
import type { Tensor } from '../tensor.ts';
import { backgroundOf } from './background.ts';
import { hasBrightBorder, inverted, luma, padded, toColour, toGrey } from './pixels.ts';
import { scaledInside } from './resample.ts';
import { framedStrokes } from './strokes.ts';

/**
 * From decoded pixels to a model's input: the same rule, to the last bit, on the server and in the browser. An image
 * that does not fit `decodingBox` is scaled to it before, by sharp there and by a canvas here, which differ a little.
 */

export type ImageInput = Extract<Manifest['input'], { kind: 'image' }>;

/** Whether to swap dark and light; `auto` asks the manifest and the image's border. */
export type Invert = 'auto' | 'true' | 'false';

/** Decoded pixels, 0 to 255, row by row: grey or RGB, then alpha when `channels` is even. `ImageData` has 4. */
export interface Pixels {
  readonly width: number;
  readonly height: number;
  readonly channels: 1 | 2 | 3 | 4;
  /** `[height · width · channels]`, not premultiplied */
  readonly data: ArrayLike<number>;
}

/** v / 255 of every byte v, computed once: the loop below runs for every pixel of every request. */
const LEVELS = Float32Array.from({ length: 256 }, (_, value) => value / 255);

/**
 * Transparency flattened on black or on white, whichever shows what is opaque (see `backgroundOf`): so black ink on
 * nothing stays visible. An opaque value v becomes exactly v / 255.
 * @param memory used for the result where its length fits, so that a server need not allocate for every image
 * @returns `[3, H, W]` in [0, 1]; of a grey image `[1, H, W]`
 */
export function flattened({ data, width, height, channels }: Pixels, memory?: Float32Array): Tensor {
  const plane = height * width;
  const colours = channels < 3 ? 1 : 3;
  const out = memory?.length === colours * plane ? memory : new Float32Array(colours * plane);
  const shape = [colours, height, width];
  if (channels === colours) {
    for (let c = 0; c < colours; c++) {
      for (let i = c * plane, at = c; i < (c + 1) * plane; i++, at += channels) {
        const value = data[at] as number;
        out[i] = LEVELS[value] ?? value / 255;
      }
    }
    return { shape, data: out };
  }
  const at = (i: number, band: number): number => data[channels * i + band] as number;
  const [green, blue] = colours === 1 ? [0, 0] : [1, 2];
  const background = backgroundOf({
    width,
    height,
    alpha: (i) => at(i, colours),
    brightness: (i) => luma(at(i, 0), at(i, green), at(i, blue)),
  });
  for (let c = 0; c < colours; c++) {
    for (let i = 0; i < plane; i++) {
      const alpha = at(i, colours);
      out[c * plane + i] = (at(i, c) * alpha + background * (255 - alpha)) / 255 / 255;
    }
  }
  return { shape, data: out };
}

/** Whether images for this model are drawings, whose strokes are framed as in its training set. */
const takesStrokes = ({ channels, foreground }: ImageInput): boolean => foreground !== undefined && channels === 1;

/** Pixels a side: a larger drawing is scaled down to this before its strokes are looked for. */
const DRAWING_SIDE = 256;

/** The box that a decoder scales an image to fit in, so that no full-size photograph is handled pixel by pixel. */
export function decodingBox(input: ImageInput): {
  readonly height: number;
  readonly width: number;
  readonly enlarge: boolean;
} {
  const { height, width } = input;
  if (!takesStrokes(input)) return { height, width, enlarge: true };
  const side = Math.max(DRAWING_SIDE, 2 * height, 2 * width);
  return { height: side, width: side, enlarge: false };
}

/**
 * The rule, in order:
 * 1. grey for a model of one channel;
 * 2. dark and light swapped by `invert`; with `auto` only for a model whose manifest tells its `foreground`, and
 *    only when the median of the image's border contradicts it;
 * 3. an image of the model's size is left alone. Any other: for a model with a `foreground` the strokes are framed
 *    (see `framedStrokes`); else, or where no strokes are found, it is fitted whole and centred on its background.
 *
 * An image already of the model's size and polarity passes exactly: byte / 255. Any other is rounded to 256 levels,
 * as the images that the model was trained on, so that it can be kept as a file and gives the same numbers again.
 * @param image `[3, h, w]` or `[1, h, w]` in [0, 1]
 * @returns `[1, C, H, W]` in [0, 1]
 */
export function toModelInput(image: Tensor, input: ImageInput, invert: Invert): Tensor {
  const { channels, height, width, foreground } = input;
  const upright = withPolarity(channels === 1 ? toGrey(image) : toColour(image), foreground, invert);
  const shape = [1, channels, height, width];
  if (upright.shape[1] === height && upright.shape[2] === width) return { shape, data: upright.data };
  const framed = takesStrokes(input) ? strokesOf(upright, input) : undefined;
  const { data } = framed ?? padded(scaledInside(upright, height, width), height, width);
  return { shape, data: data.map((value) => Math.round(255 * value) / 255) };
}

function withPolarity(image: Tensor, foreground: ImageInput['foreground'], invert: Invert): Tensor {
  if (invert !== 'auto') return invert === 'true' ? inverted(image) : image;
  if (foreground === undefined) return image;
  const bright = hasBrightBorder(toGrey(image));
  return bright === (foreground === 'light') ? inverted(image) : image;
}

function strokesOf(image: Tensor, { height, width, foreground }: ImageInput): Tensor | undefined {
  const light = framedStrokes(foreground === 'light' ? image : inverted(image), height, width);
  return light === undefined || foreground === 'light' ? light : inverted(light);
}
