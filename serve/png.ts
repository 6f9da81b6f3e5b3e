import { encode } from 'fast-png';
import type { Tensor } from '../core/tensor.ts';

/** `[C, H, W]` in [0, 1] → `H · W · C` bytes, pixel by pixel; what lies outside is clamped. */
function bytesOf({ shape, data }: Tensor): Uint8ClampedArray {
  const [channels = 0, height = 0, width = 0] = shape;
  const plane = height * width;
  const bytes = new Uint8ClampedArray(plane * channels);
  for (let i = 0; i < plane; i++) {
    for (let c = 0; c < channels; c++) bytes[i * channels + c] = Math.round(255 * (data[c * plane + i] as number));
  }
  return bytes;
}

/**
 * A small image as a PNG file. Synchronous, in the worker that decoded it: a trip through sharp's thread pool takes
 * several times as long for a few hundred pixels.
 * @param image `[C, H, W]` with C 1 (grey) or 3 (RGB), in [0, 1]
 */
export function encodePng(image: Tensor): Buffer {
  const [channels, height, width] = image.shape as [1 | 3, number, number];
  return Buffer.from(encode({ width, height, channels, depth: 8, data: bytesOf(image) }, { zlib: { level: 1 } }));
}

/** The image as a `data:` URI that a browser shows. @param image `[C, H, W]` in [0, 1] */
export function pngDataUri(image: Tensor): string {
  return `data:image/png;base64,${encodePng(image).toString('base64')}`;
}

export interface Gap {
  readonly pixels: number;
  /** In [0, 1]. */
  readonly value: number;
}

/**
 * Rows of images as one image, a gap between them.
 * @param rows each `[S, C, H, W]`, all of one shape
 * @returns `[C, R·(H + gap) − gap, S·(W + gap) − gap]`
 */
export function contactSheet(rows: readonly Tensor[], gap: Gap = { pixels: 2, value: 0.5 }): Tensor {
  const [steps = 0, channels = 0, H = 0, W = 0] = rows[0]?.shape ?? [];
  const height = rows.length * (H + gap.pixels) - gap.pixels;
  const width = steps * (W + gap.pixels) - gap.pixels;
  const sheet = new Float32Array(channels * height * width).fill(gap.value);
  rows.forEach(({ data }, r) => {
    for (let s = 0; s < steps; s++) {
      for (let c = 0; c < channels; c++) {
        for (let y = 0; y < H; y++) {
          const from = ((s * channels + c) * H + y) * W;
          const to = (c * height + r * (H + gap.pixels) + y) * width + s * (W + gap.pixels);
          sheet.set(data.subarray(from, from + W), to);
        }
      }
    }
  });
  return { shape: [channels, height, width], data: sheet };
}
