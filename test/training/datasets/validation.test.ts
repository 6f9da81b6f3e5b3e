import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { validationCount } from '../../../training/datasets/index.ts';
import { validation } from '../../../training/datasets/validation.ts';

describe('validation', () => {
  it.each([
    [0, 100, 0],
    [0.1, 100, 10],
    [0.25, 10, 3],
    [0.001, 100, 1],
    [1, 100, 1],
    [99, 100, 99],
  ])('%f of %i rows holds out %i', (given, rows, held) => {
    expect(validationCount(given, rows)).toBe(held);
  });

  it('leaves rows to learn from, or says that it cannot', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
        fc.integer({ min: 2, max: 1000 }),
        (share, rows) => {
          fc.pre(Math.round(share * rows) < rows);
          const count = validationCount(share, rows);
          expect(Number.isInteger(count) && count < rows && count > 0 === share > 0).toBe(true);
        },
      ),
    );
    expect(() => validationCount(100, 100)).toThrow(
      'data.validation: 100 holds out 100 rows; it must leave some of the 100',
    );
    expect(() => validationCount(0.99, 10)).toThrow('0.99 holds out 10 rows');
  });

  it('is 0 unless it is said, and a share or a whole count', () => {
    expect(validation.parse(undefined)).toBe(0);
    expect(validation.safeParse(1.5).error?.issues[0]?.message).toBe(
      'must be a share below 1 or a whole count, got 1.5',
    );
    expect(validation.safeParse(-1).success).toBe(false);
  });
});
