import type { Tensor } from '../tensor.ts';

/**
 * Contact sheets: many small images as one, and back. Prototypes are stored as one, and traversals may be sent as
 * one.
 */

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

/**
 * The inverse of `contactSheet` without a gap.
 * @param sheet `[C, R·height, S·width]`
 * @returns `[R·S, C, height, width]`, row by row
 */
export function tilesOf({ shape, data }: Tensor, height: number, width: number): Tensor {
  const [channels = 0, sheetHeight = 0, sheetWidth = 0] = shape;
  const [R, S] = [sheetHeight / height, sheetWidth / width];
  const tiles = new Float32Array(data.length);
  let to = 0;
  for (let tile = 0; tile < R * S; tile++) {
    const [top, left] = [Math.floor(tile / S) * height, (tile % S) * width];
    for (let row = 0; row < channels * height; row++) {
      const from = (Math.floor(row / height) * sheetHeight + top + (row % height)) * sheetWidth + left;
      tiles.set(data.subarray(from, from + width), to);
      to += width;
    }
  }
  return { shape: [R * S, channels, height, width], data: tiles };
}
