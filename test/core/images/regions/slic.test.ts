import { describe, expect, it } from 'vitest';
import { labOf } from '../../../../core/images/regions/lab.ts';
import { superpixelsOf } from '../../../../core/images/regions/slic.ts';
import { tensor } from '../../../../core/tensor.ts';
import { expectClose } from '../../../helpers/close.ts';

const imageOf = (H: number, W: number, value: (y: number, x: number) => number, channels = 1) =>
  tensor(
    Float32Array.from({ length: channels * H * W }, (_, i) => value(Math.floor((i % (H * W)) / W), i % W)),
    [channels, H, W],
  );

/** How many pieces the labels fall into: pixels of the same label that share sides. */
function pieces(labels: Int32Array, H: number, W: number): number {
  const seen = new Set<number>();
  let count = 0;
  labels.forEach((label, start) => {
    if (seen.has(start)) return;
    count += 1;
    const open = [start];
    seen.add(start);
    for (let pixel = open.pop(); pixel !== undefined; pixel = open.pop()) {
      const [y, x] = [Math.floor(pixel / W), pixel % W];
      const beside = [y > 0 && pixel - W, y < H - 1 && pixel + W, x > 0 && pixel - 1, x < W - 1 && pixel + 1];
      for (const next of beside) {
        if (next === false || seen.has(next) || labels[next] !== label) continue;
        seen.add(next);
        open.push(next);
      }
    }
  });
  return count;
}

const noise = (y: number, x: number): number => ((y * 37 + x * 101 + y * x * 13) % 128) / 127;

describe('superpixels', () => {
  it('of an image of one colour are the squares of the grid', () => {
    const labels = superpixelsOf(
      imageOf(28, 28, () => 0.5),
      49,
    );
    expect(labels).toEqual(
      Int32Array.from({ length: 784 }, (_, i) => Math.floor(Math.floor(i / 28) / 4) * 7 + Math.floor((i % 28) / 4)),
    );
  });

  it.each([
    [28, 28, 49, 1],
    [40, 25, 50, 3],
    [7, 100, 20, 1],
    [3, 2, 50, 1],
    [1, 1, 1, 1],
    [64, 64, 50, 3],
  ])('of %i × %i pixels, %i asked for, are each one piece and numbered without gaps', (H, W, count, channels) => {
    const labels = superpixelsOf(imageOf(H, W, noise, channels), count);
    const n = Math.max(...labels) + 1;
    expect(new Set(labels).size).toBe(n);
    expect(pieces(labels, H, W)).toBe(n);
    expect(n).toBeLessThanOrEqual(2 * count);
    expect([...new Set(labels)]).toEqual(Array.from({ length: n }, (_, i) => i));
  });

  it('keep to an edge that is not on the grid', () => {
    const labels = superpixelsOf(
      imageOf(32, 32, (_, x) => (x < 13 ? 0 : 1)),
      16,
    );
    const sides = new Map<number, Set<boolean>>();
    labels.forEach((label, i) => {
      sides.set(label, (sides.get(label) ?? new Set()).add(i % 32 < 13));
    });
    expect([...sides.values()].every(({ size }) => size === 1)).toBe(true);
  });

  it('are the same every time', () => {
    const image = imageOf(30, 30, noise, 3);
    expect(superpixelsOf(image, 20)).toEqual(superpixelsOf(image, 20));
  });
});

describe('CIELAB', () => {
  it.each([
    ['black', [0, 0, 0], [0, 0, 0]],
    ['white', [1, 1, 1], [100, 0, 0]],
    ['red', [1, 0, 0], [53.2406, 80.0923, 67.2028]],
    ['blue', [0, 0, 1], [32.2957, 79.1856, -107.8573]],
  ])('of %s is as published', (_, rgb, lab) => {
    expectClose([...labOf(tensor(Float32Array.from(rgb), [3, 1, 1]))], lab, { absolute: 0.02 });
  });

  it('of grey is that of three equal channels', () => {
    expect(labOf(tensor(Float32Array.of(0.3), [1, 1, 1]))).toEqual(
      labOf(tensor(new Float32Array(3).fill(0.3), [3, 1, 1])),
    );
  });
});
