import type { Tensor } from '../tensor.ts';

/** `[C, H, W]` in [0, 1] → `[H · W · C]` bytes, pixel by pixel; what lies outside is clamped. */
export function toBytes({ shape, data }: Tensor): Uint8ClampedArray {
  const [channels = 0, height = 0, width = 0] = shape;
  const plane = height * width;
  const bytes = new Uint8ClampedArray(plane * channels);
  for (let c = 0; c < channels; c++) {
    for (let i = 0; i < plane; i++) bytes[i * channels + c] = 255 * (data[c * plane + i] as number); // it rounds
  }
  return bytes;
}

/** The inverse of `toBytes`, a value v / 255. @param bytes `[height · width · channels]` @returns `[C, H, W]` in [0, 1] */
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
