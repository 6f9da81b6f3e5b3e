import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { median, rotated } from '../../bench/statistics.ts';

const values = fc.array(fc.integer({ min: -1000, max: 1000 }), { minLength: 1, maxLength: 20 });

describe('median', () => {
  it('has as many values below it as above it', () => {
    fc.assert(
      fc.property(values, (list) => {
        const m = median(list);
        expect(list.filter((value) => value < m).length).toBeLessThanOrEqual(list.length / 2);
        expect(list.filter((value) => value > m).length).toBeLessThanOrEqual(list.length / 2);
      }),
    );
  });

  it.each([
    [[7], 7],
    [[3, 1, 2], 2],
    [[10, 9, 1, 2], 5.5],
    [[1, 1000, 2], 2],
  ])('of %j is %d', (list, expected) => {
    expect(median(list)).toBe(expected);
  });

  it('leaves its argument as it was', () => {
    const list = [3, 1, 2];
    median(list);
    expect(list).toEqual([3, 1, 2]);
  });
});

describe('rotated', () => {
  it('keeps every item, and begins with the one at the shift', () => {
    fc.assert(
      fc.property(values, fc.nat(50), (list, shift) => {
        const turned = rotated(list, shift);
        expect(turned.toSorted()).toEqual(list.toSorted());
        expect(turned[0]).toBe(list[shift % list.length]);
      }),
    );
  });

  it('of nothing is nothing', () => {
    expect(rotated([], 3)).toEqual([]);
  });
});
