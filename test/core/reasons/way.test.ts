import { describe, expect, it } from 'vitest';
import type { ClassProfile, Manifest } from '../../../core/manifest.ts';
import { wayTo } from '../../../core/reasons/way.ts';

const quantiles = { q05: -2, q25: -1, q50: 0, q75: 1, q95: 2 };
const concepts: Manifest['concepts'] = [1, 2].map((deviation, k) => ({
  ...{ name: `c${k}`, quantiles, mean: 0, prototypes: [0] },
  deviation,
}));
const profile = (means: number[], deviations: number[], covariance?: number[][]): ClassProfile => ({
  count: 9,
  concepts: means.map((mean, k) => {
    return { mean, deviation: deviations[k] as number, contribution: 0, magnitude: 0, decides: 0 };
  }),
  ...(covariance && { covariance }),
});

describe('the way to a class', () => {
  it('leads from the input to what is usual in the class', () => {
    const way = wayTo(concepts, profile([4, -2], [1, 2]), [0, 2]);
    const [first, last] = [way[0], way.at(-1)] as [number[], number[]];
    expect(Math.hypot(first[0] as number, (first[1] as number) - 2)).toBeLessThan(0.1);
    expect(last[0]).toBeCloseTo(4, 1);
    expect(last[1]).toBeCloseTo(-2, 1);
    // alike in spread and independent: straight ahead
    for (const [a = 0, b = 0] of way) expect(b).toBeCloseTo(2 - a, 9);
  });

  it('minimises what it says, as a search finds', () => {
    const covariance = [
      [0.5, 0.6],
      [0.6, 1.5],
    ];
    const [from, mean] = [
      [0, 2],
      [3, 1],
    ] as const;
    const det = 0.501 * 1.504 - 0.36; // with the ridge of 0.001 of each variance
    const cost = ([a = 0, b = 0]: number[], w: number): number => {
      const [u, v] = [a - mean[0], b - mean[1]];
      const usual = (1.504 * u * u - 2 * 0.6 * u * v + 0.501 * v * v) / det;
      return (a - from[0]) ** 2 + ((b - from[1]) / 2) ** 2 + w * usual;
    };
    wayTo(concepts, profile([...mean], [Math.sqrt(0.5), Math.sqrt(1.5)], covariance), [...from]).forEach((point, n) => {
      const w = 0.01 * 10_000 ** (n / 24);
      const least = cost(point, w);
      for (const [a, b] of [
        [1e-3, 0],
        [-1e-3, 0],
        [0, 1e-3],
        [0, -1e-3],
      ] as const) {
        expect(cost([(point[0] as number) + a, (point[1] as number) + b], w)).toBeGreaterThan(least);
      }
    });
  });

  it('bends to keep what goes together in the class', () => {
    // two concepts that move as one in the class: the way reaches the line before its middle
    const bound = [
      [1, 1.99],
      [1.99, 4],
    ];
    const way = wayTo(concepts, profile([4, 0], [1, 2], bound), [0, 0]);
    const middle = way[12] as number[];
    expect(middle[1]).toBeLessThan(-1);
  });

  it('leaves a constant concept where it is, and takes one that never varies in the class', () => {
    const constant = { ...concepts[1], deviation: 0, quantiles: { q05: 1, q25: 1, q50: 1, q75: 1, q95: 1 } };
    const way = wayTo([concepts[0], constant] as Manifest['concepts'], profile([4, 1], [0, 0]), [0, 1]);
    for (const [a, b] of way) expect([Number.isFinite(a), b]).toEqual([true, 1]);
    expect(way.at(-1)?.[0]).toBeCloseTo(4, 1);
  });
});
