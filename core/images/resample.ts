import type { Tensor } from '../tensor.ts';

/** Resampling in plain arithmetic, so that the server and the browser get the same pixels to the last bit. */

interface Taps {
  readonly first: number;
  readonly weights: readonly number[];
}

/** Weights of the source samples for each of `to` samples: their share of the span that it covers; they sum to 1. */
function areaTaps(from: number, to: number): Taps[] {
  const span = from / to;
  return Array.from({ length: to }, (_, i) => {
    const [start, end] = [i * span, (i + 1) * span];
    const first = Math.floor(start);
    const last = Math.max(first, Math.min(from, Math.ceil(end)) - 1);
    const weights = Array.from({ length: last - first + 1 }, (_, j) => {
      return (Math.min(end, first + j + 1) - Math.max(start, first + j)) / span;
    });
    return { first, weights };
  });
}

/** Resampling by area averages, rows then columns: `[C, H, W]` → `[C, height, width]`. */
export function resampled({ shape, data }: Tensor, height: number, width: number): Tensor {
  const [channels = 0, H = 0, W = 0] = shape;
  const columns = areaTaps(W, width);
  const rows = areaTaps(H, height);
  const narrowed = new Float32Array(channels * H * width);
  for (let row = 0; row < channels * H; row++) {
    columns.forEach(({ first, weights }, x) => {
      let sum = 0;
      for (let j = 0; j < weights.length; j++) sum += (weights[j] as number) * (data[row * W + first + j] as number);
      narrowed[row * width + x] = sum;
    });
  }
  const out = new Float32Array(channels * height * width);
  for (let c = 0; c < channels; c++) {
    rows.forEach(({ first, weights }, y) => {
      for (let j = 0; j < weights.length; j++) {
        const from = (c * H + first + j) * width;
        const to = (c * height + y) * width;
        const weight = weights[j] as number;
        for (let x = 0; x < width; x++) out[to + x] = (out[to + x] as number) + weight * (narrowed[from + x] as number);
      }
    });
  }
  return { shape: [channels, height, width], data: out };
}

/** Scaled to touch the box from inside, keeping its proportions. */
export function scaledInside(image: Tensor, height: number, width: number): Tensor {
  const [, H = 1, W = 1] = image.shape;
  const scale = Math.min(height / H, width / W);
  return resampled(image, Math.max(1, Math.round(H * scale)), Math.max(1, Math.round(W * scale)));
}
