import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nearestNeighbours } from '../../../core/metrics/shared/neighbours.ts';
import type { Tensor } from '../../../core/tensor.ts';
import { nearestInConceptSpace } from '../../../training/figures/inputs/select-neighbours.ts';
import { prototypeCriterionNames, selectPrototypes } from '../../../training/figures/inputs/select-prototypes.ts';

const matrix = (rows: readonly (readonly number[])[]): Tensor => ({
  shape: [rows.length, rows[0]?.length ?? 0],
  data: Float32Array.from(rows.flat()),
});

/** `[N, K]` of small whole numbers, so that ties are common. */
const activations = fc
  .tuple(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 4 }))
  .chain(([N, K]) =>
    fc.array(fc.array(fc.integer({ min: -3, max: 3 }), { minLength: K, maxLength: K }), { minLength: N, maxLength: N }),
  )
  .map(matrix);

describe('selectPrototypes', () => {
  it('takes the highest, the lowest, and the ones that no other concept shares', () => {
    const h = matrix([
      [5, 5],
      [4, 0],
      [-9, 1],
    ]);
    const { highest, contrast, lowest } = selectPrototypes(h, 1);
    expect(highest).toEqual([[{ index: 0, activation: 5 }], [{ index: 0, activation: 5 }]]);
    expect(contrast).toEqual([[{ index: 1, activation: 4 }], [{ index: 2, activation: 1 }]]);
    expect(lowest).toEqual([[{ index: 2, activation: -9 }], [{ index: 1, activation: 0 }]]);
  });

  it('chooses no input before a better one, ties by row, each at most once', () => {
    fc.assert(
      fc.property(activations, fc.integer({ min: 1, max: 15 }), (h, count) => {
        const [N = 0, K = 0] = h.shape;
        const selection = selectPrototypes(h, count);
        const at = (n: number, k: number): number => h.data[n * K + k] as number;
        const others = (n: number, k: number): number =>
          Array.from({ length: K }, (_, j) => (j === k ? 0 : at(n, j))).reduce((sum, value) => sum + value, 0);
        const score = {
          highest: (n: number, k: number) => at(n, k),
          contrast: (n: number, k: number) => at(n, k) - others(n, k),
          lowest: (n: number, k: number) => -at(n, k),
        };
        for (const criterion of prototypeCriterionNames) {
          selection[criterion].forEach((chosen, k) => {
            const expected = Array.from({ length: N }, (_, n) => n)
              .sort((a, b) => score[criterion](b, k) - score[criterion](a, k) || a - b)
              .slice(0, count);
            expect(chosen.map(({ index }) => index)).toEqual(expected);
            expect(chosen.map(({ activation }) => activation)).toEqual(expected.map((n) => at(n, k)));
          });
        }
      }),
    );
  });

  it('refuses activations of nothing', () => {
    expect(() => selectPrototypes({ shape: [0, 3], data: new Float32Array(0) }, 9)).toThrow(
      'activations [0, 3] must be [N, K]',
    );
    expect(() => selectPrototypes(matrix([[1]]), 0)).toThrow('0 prototypes at least 1');
  });
});

describe('nearestInConceptSpace', () => {
  it('agrees with the neighbours that the scores are computed from', () => {
    fc.assert(
      fc.property(activations, (h) => {
        const [N = 0] = h.shape;
        const count = Math.min(3, N - 1);
        const all = nearestNeighbours(h, count);
        const rows = Array.from({ length: N }, (_, n) => n);
        const found = nearestInConceptSpace(h, rows, { count: 3, scaled: false });
        expect(found.flat().map(({ index }) => index)).toEqual(Array.from(all));
      }),
    );
  });

  it('scaled, does not depend on the units of a concept; unscaled, it does', () => {
    const rows = [
      [0, 0],
      [1, 3],
      [2, 0],
      [5, 9],
    ];
    const stretched = rows.map(([a = 0, b = 0]) => [100 * a, b]);
    const nearest = (of: number[][], scaled: boolean): number[] =>
      (nearestInConceptSpace(matrix(of), [0], { count: 3, scaled })[0] ?? []).map(({ index }) => index);
    expect(nearest(stretched, true)).toEqual(nearest(rows, true));
    expect(nearest(stretched, false)).not.toEqual(nearest(rows, false));
  });

  it('gives distances in standard deviations, and nothing for a constant concept', () => {
    const h = matrix([
      [0, 7],
      [2, 7],
    ]);
    const [[neighbour] = []] = nearestInConceptSpace(h, [0], { count: 1, scaled: true });
    expect(neighbour?.distance).toBeCloseTo(2 / Math.SQRT2, 6);
  });

  it('refuses a row that is not there', () => {
    expect(() => nearestInConceptSpace(matrix([[1], [2]]), [2], { count: 1, scaled: false })).toThrow(
      'activations [2, 1] must be [N, K], and query 2 a row of them',
    );
  });
});
