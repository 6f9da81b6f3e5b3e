import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { traversalConcepts, traversalRadius, traversalValues } from '../../core/traverse.ts';
import { expectClose } from '../helpers/close.ts';

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

describe('traversal concepts', () => {
  it('move concept k through its values while all others stay, concept-major', () => {
    const moved = traversalConcepts(
      [10, 20],
      [
        [1, 2, 3],
        [4, 5, 6],
      ],
    );
    expect(moved.shape).toEqual([6, 2]);
    expect(Array.from(moved.data)).toEqual([1, 20, 2, 20, 3, 20, 10, 4, 10, 5, 10, 6]);
  });

  it('put the input itself in the middle of an odd number of steps', () => {
    const concepts = [0.5, -1, 2];
    const values = concepts.map((value) => traversalValues(value, 1, 3));
    const { data } = traversalConcepts(concepts, values);
    for (const k of concepts.keys()) {
      const row = k * 3 + 1;
      expectClose(data.subarray(row * 3, row * 3 + 3), concepts);
    }
  });
});
