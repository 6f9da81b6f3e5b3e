import { sizeOf } from '../../core/tensor.ts';
import type { Split } from './dataset.ts';

/** A function of its own, since V8 runs the loop in half the time where nothing in it is captured. */
function writeShares(bytes: Uint8Array, into: Float32Array): void {
  for (let j = 0; j < into.length; j++) into[j] = (bytes[j] as number) / 255;
}

/**
 * A split of images that keeps them as bytes, a quarter of their size as float32.
 * @param shape `[N, C, H, W]`
 * @param bytes `[N, C, H, W]`, 0 to 255
 * @returns a split whose inputs are byte / 255
 */
export function byteSplit(shape: readonly number[], bytes: Uint8Array, labels: Int32Array): Split {
  const width = sizeOf(shape.slice(1));
  return {
    shape,
    labels,
    gather: (rows) => {
      const values = new Float32Array(rows.length * width);
      rows.forEach((row, i) => {
        writeShares(bytes.subarray(row * width, (row + 1) * width), values.subarray(i * width, (i + 1) * width));
      });
      return values;
    },
  };
}
