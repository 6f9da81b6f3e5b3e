import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { traversalPlan, traversalRadius, traversalValues } from '../../../core/artefacts/traversals.ts';
import { rowOf } from '../../../core/tensor.ts';
import { expectClose } from '../../helpers/close.ts';

const figure = fc.double({ min: -100, max: 100, noNaN: true });

describe('traversal values', () => {
  it('run evenly from centre − radius to centre + radius', () => {
    expectClose(traversalValues(1, 2, 5), [-1, 0, 1, 2, 3]);
    expectClose(traversalValues(0.5, 0.25, 2), [0.25, 0.75]);
  });

  it('are the centre alone for one step', () => {
    expect(traversalValues(3, 9, 1)).toEqual([3]);
  });

  it('are symmetric around the centre', () => {
    fc.assert(
      fc.property(figure, fc.double({ min: 0, max: 50, noNaN: true }), fc.integer({ min: 1, max: 25 }), (m, r, S) => {
        const values = traversalValues(m, r, S);
        expect(values).toHaveLength(S);
        expectClose(
          values.map((value, s) => value + (values[S - 1 - s] as number)),
          values.map(() => 2 * m),
          { absolute: 1e-9 },
        );
      }),
    );
  });

  it('reach half the span between the 5 % and the 95 % quantile', () => {
    expect(traversalRadius({ q05: -1, q25: 0, q50: 0, q75: 0, q95: 4 })).toBe(2.5);
  });
});

describe('the plan of a traversal', () => {
  it('moves concept k through its values while all others stay', () => {
    const { concepts, rows } = traversalPlan(
      [10, 20],
      [
        [1, 2, 3],
        [4, 5, 6],
      ],
    );
    expect(concepts.shape).toEqual([7, 2]);
    expect(Array.from(concepts.data)).toEqual([10, 20, 1, 20, 2, 20, 3, 20, 10, 4, 10, 5, 10, 6]);
    expect(rows).toEqual([
      [1, 2, 3],
      [4, 5, 6],
    ]);
  });

  it('decodes the input itself once: it is the middle of an odd number of steps, and all of a constant concept', () => {
    fc.assert(
      fc.property(fc.array(fc.float({ min: -4, max: 4, noNaN: true }), { minLength: 1, maxLength: 6 }), (own) => {
        const radii = own.map((_, k) => (k % 3 === 2 ? 0 : 0.1 + k));
        const values = own.map((value, k) => traversalValues(value, radii[k] as number, 5));
        const { concepts, rows } = traversalPlan(own, values);
        expect(concepts.shape[0]).toBe(1 + radii.reduce((sum, radius) => sum + (radius === 0 ? 0 : 4), 0));
        rows.forEach((steps, k) => {
          expect(steps[2]).toBe(0);
          steps.forEach((row, s) => {
            const expected = own.map((value, j) => (j === k ? (values[k]?.[s] as number) : value));
            expectClose(rowOf(concepts, row), expected, { absolute: 1e-6, relative: 1e-6 });
          });
        });
      }),
    );
  });
});
