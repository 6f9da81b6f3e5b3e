import type { Tensor } from '../tensor.ts';

/**
 * What is done to decoded images, as planes `[C, H, W]` in [0, 1], before a model gets them: grey, polarity, padding.
 */

/** Brightness of a colour: the luma of ITU-R BT.601, exact for greys. In the units of its arguments. */
export function luma(red: number, green: number, blue: number): number {
  return (299 * red + 587 * green + 114 * blue) / 1000;
}

/** Luma of every pixel: `[3, H, W]` or `[1, H, W]` → `[1, H, W]`. */
export function toGrey(image: Tensor): Tensor {
  const [channels, height = 0, width = 0] = image.shape;
  if (channels === 1) return image;
  const plane = height * width;
  const data = new Float32Array(plane);
  for (let i = 0; i < plane; i++) {
    data[i] = luma(image.data[i] as number, image.data[plane + i] as number, image.data[2 * plane + i] as number);
  }
  return { shape: [1, height, width], data };
}

/** The middle value, of an even count the upper of the two; 0 of none. Sorts `values` in place. */
function median(values: Float32Array): number {
  return values.sort()[values.length >> 1] ?? 0;
}

/** `[1, H, W]` or `[3, H, W]` → `[3, H, W]`. */
export function toColour(image: Tensor): Tensor {
  const [channels, height = 0, width = 0] = image.shape;
  if (channels === 3) return image;
  const plane = height * width;
  const data = new Float32Array(3 * plane);
  for (let c = 0; c < 3; c++) data.set(image.data, c * plane);
  return { shape: [3, height, width], data };
}

/** The outermost pixels of plane `channel`: the background, as an image usually shows it. */
function borderOf({ shape, data }: Tensor, channel: number): Float32Array {
  const [, height = 0, width = 0] = shape;
  const top = channel * height * width;
  const bottom = top + (height - 1) * width;
  const border = new Float32Array(2 * width + 2 * Math.max(0, height - 2));
  border.set(data.subarray(top, top + width));
  border.set(data.subarray(bottom, bottom + width), width);
  let count = 2 * width;
  for (let row = top + width; row < bottom; row += width) {
    border[count++] = data[row] as number;
    border[count++] = data[row + width - 1] as number;
  }
  return border;
}

/** Median of the outermost pixels of plane `channel`. */
export function borderMedian(image: Tensor, channel = 0): number {
  return median(borderOf(image, channel));
}

/**
 * Whether the median of the outermost pixels of plane 0 is over one half; counting needs no sorting, as the median
 * would.
 */
export function hasBrightBorder({ shape, data }: Tensor): boolean {
  const [, height = 0, width = 0] = shape;
  const bottom = (height - 1) * width;
  const isBright = (i: number): number => ((data[i] as number) > 0.5 ? 1 : 0);
  let bright = 0;
  for (let x = 0; x < width; x++) bright += isBright(x) + isBright(bottom + x);
  for (let row = width; row < bottom; row += width) bright += isBright(row) + isBright(row + width - 1);
  const size = 2 * width + 2 * Math.max(0, height - 2);
  return bright >= size - (size >> 1);
}

/** How far each pixel is from the ground, 0 to 1. @param isDark whether strokes are dark on a bright ground @returns `[H · W]` */
export const strokesOf = (image: Tensor, isDark: boolean): Float32Array =>
  toGrey(image).data.map((value) => (isDark ? 1 - value : value));

/** Swaps dark and light: `v → 1 − v`. */
export function inverted({ shape, data }: Tensor): Tensor {
  return { shape, data: data.map((value) => 1 - value) };
}

/** Centred on a canvas of `height` × `width`, each plane padded with its own background. */
export function padded(image: Tensor, height: number, width: number): Tensor {
  const [channels = 0, H = 0, W = 0] = image.shape;
  const top = Math.floor((height - H) / 2);
  const left = Math.floor((width - W) / 2);
  const data = new Float32Array(channels * height * width);
  for (let c = 0; c < channels; c++) {
    data.fill(borderMedian(image, c), c * height * width, (c + 1) * height * width);
    for (let y = 0; y < H; y++) {
      const from = (c * H + y) * W;
      data.set(image.data.subarray(from, from + W), (c * height + top + y) * width + left);
    }
  }
  return { shape: [channels, height, width], data };
}
