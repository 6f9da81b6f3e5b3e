import type { Tensor } from '../tensor.ts';

/** Between tensors of images and the bytes that image files and canvases hold. */

/**
 * `[C, H, W]` in [0, 1] → `[H · (margin + W · C)]` bytes, pixel by pixel, each row behind `margin` zeros
 * (a PNG has one byte, its filter, before each row). Values outside [0, 1] are clamped.
 */
export function toBytes({ shape, data }: Tensor, margin = 0): Uint8ClampedArray {
  const [channels = 0, height = 0, width = 0] = shape;
  const stride = margin + width * channels;
  const bytes = new Uint8ClampedArray(height * stride); // assigning to it rounds and clamps
  for (let c = 0, i = 0; c < channels; c++) {
    for (let y = 0; y < height; y++) {
      let at = y * stride + margin + c;
      for (const end = i + width; i < end; i++, at += channels) bytes[at] = 255 * (data[i] as number);
    }
  }
  return bytes;
}

/**
 * The inverse of `toBytes` without a margin: byte v becomes v / 255.
 * @param bytes `[height · width · channels]`, pixel by pixel
 * @returns `[C, H, W]` in [0, 1]
 */
export function fromBytes(
  bytes: ArrayLike<number>,
  [channels, height, width]: readonly [number, number, number],
): Tensor {
  const plane = height * width;
  const data = new Float32Array(channels * plane);
  for (let i = 0; i < plane; i++) {
    for (let c = 0; c < channels; c++) data[c * plane + i] = (bytes[i * channels + c] as number) / 255;
  }
  return { shape: [channels, height, width], data };
}
