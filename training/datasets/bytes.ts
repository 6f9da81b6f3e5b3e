import { sizeOf } from '../../core/tensor.ts';
import type { Split } from './dataset.ts';

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
        const [from, to] = [row * width, i * width];
        for (let j = 0; j < width; j++) values[to + j] = (bytes[from + j] as number) / 255;
      });
      return values;
    },
  };
}
