import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nearestNeighbours } from '../../../../core/metrics/shared/neighbours.ts';
import { tensor } from '../../../../core/tensor.ts';

/** Neighbours by sorting every other point by distance, then index. */
function bySorting(points: readonly (readonly number[])[], count: number): number[] {
  return points.flatMap((point, i) => {
    const distance = (j: number) => point.reduce((sum, value, d) => sum + (value - (points[j]?.[d] as number)) ** 2, 0);
    return [...points.keys()]
      .filter((j) => j !== i)
      .sort((a, b) => distance(a) - distance(b) || a - b)
      .slice(0, count);
  });
}

const tensorOf = (points: readonly (readonly number[])[]) =>
  tensor(Float32Array.from(points.flat()), [points.length, points[0]?.length ?? 0]);

/** Coarse coordinates, so that ties and duplicates are common. */
const pointsOf = (maxLength: number) =>
  fc
    .integer({ min: 1, max: 5 })
    .chain((D) =>
      fc.array(fc.array(fc.integer({ min: 0, max: 3 }), { minLength: D, maxLength: D }), { minLength: 1, maxLength }),
    );

describe('nearest neighbours', () => {
  it('are those that sorting finds, ties by index, for any number of points', () => {
    fc.assert(
      fc.property(pointsOf(30), fc.integer({ min: 1, max: 12 }), (points, count) => {
        expect(Array.from(nearestNeighbours(tensorOf(points), count))).toEqual(bySorting(points, count));
      }),
    );
  });

  it.each([63, 64, 65, 66, 67, 129, 195])('do not depend on the blocking: %i points', (N) => {
    const points = Array.from({ length: N }, (_, i) => [(i * 37) % 11, (i * 53) % 7, (i * 17) % 5]);
    expect(Array.from(nearestNeighbours(tensorOf(points), 10))).toEqual(bySorting(points, 10));
  });

  it('of a point alone, or of none, are none', () => {
    expect(nearestNeighbours(tensorOf([[1, 2]]), 10)).toHaveLength(0);
    expect(nearestNeighbours(tensor(new Float32Array(0), [0, 2]), 10)).toHaveLength(0);
  });

  it('of images are taken over all their dimensions', () => {
    const images = tensor(Float32Array.of(0, 0, 0, 0, 0, 0, 0, 9, 0, 1, 1, 1), [3, 1, 2, 2]);
    expect(Array.from(nearestNeighbours(images, 1))).toEqual([2, 2, 0]);
  });

  it('tell how far they are', () => {
    const seen: [number, number][] = [];
    nearestNeighbours(tensorOf(Array.from({ length: 130 }, (_, i) => [i])), 1, (...progress) => seen.push(progress));
    expect(seen).toEqual([
      [64, 130],
      [128, 130],
      [130, 130],
    ]);
  });
});
