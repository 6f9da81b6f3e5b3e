import type { Tensor } from '../tensor.ts';

/** Images moved by whole pixels. */

/**
 * The same images, moved; what comes in at a side repeats the pixels of the edge.
 * @param images `[N, C, H, W]`
 * @param down pixels, negative: up
 * @param right pixels, negative: to the left
 * @returns `[N, C, H, W]`
 */
export function shifted({ shape, data }: Tensor, down: number, right: number): Tensor {
  const [height, width] = shape.slice(-2) as [number, number];
  const within = (place: number, size: number): number => Math.min(Math.max(place, 0), size - 1);
  const columns = Int32Array.from({ length: width }, (_, x) => within(x - right, width));
  const moved = new Float32Array(data.length);
  for (let row = 0; row < data.length / width; row++) {
    const y = row % height;
    const from = (row - y + within(y - down, height)) * width;
    for (let x = 0; x < width; x++) moved[row * width + x] = data[from + (columns[x] as number)] as number;
  }
  return { shape, data: moved };
}
