import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { NEIGHBOURS, stability, stabilityOf } from '../../../../core/metrics/stability/stability.ts';
import { expectClose } from '../../../helpers/close.ts';
import { anyExplanations, explanationsFrom } from '../../../helpers/explanations.ts';

const line = (N: number) => Array.from({ length: N }, (_, n) => n / 16);

/** The definition, pair by pair, with a sort for the neighbours; of equal inputs only the first is one. */
function byDefinition(x: number[][], h: number[][], theta: number[][][], predicted: Int32Array): (number | null)[] {
  const norm = (a: number[], b: number[]) => Math.hypot(...a.map((value, i) => value - (b[i] as number)));
  return x.map((point, n) => {
    const column = (m: number) => (theta[m] as number[][]).map((row) => row[predicted[n] as number] as number);
    const squared = (m: number) => point.reduce((sum, value, d) => sum + (value - (x[m]?.[d] as number)) ** 2, 0);
    const ratios = [...x.keys()]
      .filter((m) => squared(m) > 0 && x.findIndex((other) => other.join() === x[m]?.join()) === m)
      .sort((a, b) => squared(a) - squared(b) || a - b)
      .slice(0, NEIGHBOURS)
      .map((m) => norm(column(n), column(m)) / norm(h[n] as number[], h[m] as number[]))
      .filter((ratio) => !Number.isNaN(ratio));
    const worst = Math.max(...ratios);
    return Number.isFinite(worst) ? worst : null;
  });
}

describe('stability', () => {
  it('is the ratio of the slopes where h and θ are linear', () => {
    // h(x) = 2x and θ(x) = 3x + 1 for the class that always wins.
    const x = line(15);
    const evidence = explanationsFrom(
      x.map((value) => [value]),
      x.map((value) => [2 * value + 1]),
      x.map((value) => [[3 * value + 1, -5 * value]]),
    );
    expectClose(
      stabilityOf(evidence) as number[],
      x.map(() => 1.5),
    );
  });

  it('holds both sides against the class that is predicted for x', () => {
    // x₀ is of class 0, x₁ of class 1; θ differs by 1 in column 0 and by 4 in column 1, h by 2.
    const evidence = explanationsFrom([[0], [1]], [[1], [3]], [[[2, 1]], [[3, 5]]]);
    expect(Array.from(evidence.predicted)).toEqual([0, 1]);
    expect(stabilityOf(evidence)).toEqual([0.5, 2]);
  });

  it('takes 2-norms over the concepts', () => {
    const evidence = explanationsFrom(
      [[0], [1]],
      [
        [1, 1, 1],
        [1, 1, 3],
      ],
      [
        [
          [3, 0],
          [4, 0],
          [0, 0],
        ],
        [
          [0, 0],
          [0, 0],
          [0, -1],
        ],
      ],
    );
    expect(stabilityOf(evidence)[0]).toBe(2.5);
  });

  it('looks at the 10 nearest and no further', () => {
    // Of twelve points on a line each has one that it does not see: the last, up to x₅, and the first beyond.
    // Only the last has another θ, by 1.
    const x = Array.from({ length: 12 }, (_, n) => [n]);
    const evidence = explanationsFrom(
      x,
      x.map(([value = 0]) => [value + 1]),
      x.map((_, n) => [[n === 11 ? 9 : 8, 0]]),
    );
    const values = stabilityOf(evidence) as number[];
    expectClose(values, [0, 0, 0, 0, 0, 0, 1 / 5, 1 / 4, 1 / 3, 1 / 2, 1, 1]);
  });

  it('looks at all the others where there are fewer than 11 inputs', () => {
    const evidence = explanationsFrom([[0], [1], [2]], [[1], [2], [3]], [[[1, 0]], [[1, 0]], [[7, 0]]]);
    expect(stabilityOf(evidence)).toEqual([3, 6, 6]);
  });

  it('is the definition on any evidence', () => {
    fc.assert(
      fc.property(anyExplanations, ({ x, h, theta }) => {
        const evidence = explanationsFrom(x, h, theta);
        const values = stabilityOf(evidence);
        const expected = byDefinition(x, h, theta, evidence.predicted);
        expect(values.map((value) => value === null)).toEqual(expected.map((value) => value === null));
        values.forEach((value, n) => {
          if (value !== null) expectClose(value, expected[n] as number, { relative: 1e-6 });
        });
      }),
    );
  });

  it('has no value for an input alone in its set', () => {
    expect(stabilityOf(explanationsFrom([[0]], [[1]], [[[1, 0]]]))).toEqual([null]);
  });

  it('passes over a neighbour with the same concepts and relevances', () => {
    const evidence = explanationsFrom([[0], [0.5], [1]], [[1], [1], [2]], [[[2, 0]], [[2, 0]], [[5, 0]]]);
    expect(stabilityOf(evidence)).toEqual([3, 3, 3]);
  });

  it('has no value where every neighbour is such a one', () => {
    expect(stabilityOf(explanationsFrom([[0], [1]], [[1], [1]], [[[2, 0]], [[2, 0]]]))).toEqual([null, null]);
  });

  it('counts equal inputs once: more than 10 duplicates hide no neighbour', () => {
    const copies = Array.from({ length: 12 }, () => 0);
    const x = [...copies, 1].map((value) => [value]);
    const h = [...copies, 1].map((value) => [value + 1]);
    const theta = [...copies, 1].map((value) => [[2 + 3 * value, 0]]);
    expect(stabilityOf(explanationsFrom(x, h, theta))).toEqual(x.map(() => 3));
    const alone = explanationsFrom(x.slice(0, 12), h.slice(0, 12), theta.slice(0, 12));
    expect(stabilityOf(alone)).toEqual(copies.map(() => null));
  });

  it('says of all inputs that they are done, however many are equal', () => {
    const seen: [number, number][] = [];
    const evidence = explanationsFrom([[0], [0], [1]], [[1], [1], [2]], [[[2, 0]], [[2, 0]], [[5, 0]]]);
    stabilityOf(evidence, (...progress) => seen.push(progress));
    expect(seen.at(-1)).toEqual([3, 3]);
  });

  it('has no value where a neighbour with the same concepts has other relevances: the ratio is infinite', () => {
    const evidence = explanationsFrom([[0], [0.5], [1]], [[1], [1], [2]], [[[2, 0]], [[4, 0]], [[5, 0]]]);
    expect(stabilityOf(evidence)).toEqual([null, null, 3]);
  });

  it('is better when it is lower', () => {
    expect([stability.name, stability.direction]).toEqual(['stability', 'lower']);
  });
});
