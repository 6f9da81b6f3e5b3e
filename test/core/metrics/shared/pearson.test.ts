import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EQUAL_TOLERANCE, pearson } from '../../../../core/metrics/shared/pearson.ts';
import { expectClose } from '../../../helpers/close.ts';

const sample = (...values: number[]) => ({ values, magnitude: Math.max(...values.map(Math.abs)) });
const figures = (length: number) =>
  fc.array(fc.integer({ min: -1000, max: 1000 }), { minLength: length, maxLength: length });
const pairs = fc.integer({ min: 2, max: 8 }).chain((length) => fc.tuple(figures(length), figures(length)));
const close = (actual: number | null, expected: number | null) =>
  expectClose(actual ?? Number.NEGATIVE_INFINITY, expected ?? Number.NEGATIVE_INFINITY, { absolute: 1e-9 });

describe('Pearson correlation', () => {
  it('has the textbook figures', () => {
    close(pearson(sample(1, 2, 3), sample(2, 4, 6)), 1);
    close(pearson(sample(1, 2, 3), sample(3, 2, 1)), -1);
    close(pearson(sample(1, 2, 3, 4), sample(1, 3, 2, 4)), 0.8);
    close(pearson(sample(-1, 0, 1), sample(1, -2, 1)), 0);
  });

  it('is symmetric, in [−1, 1], and blind to a positive scale and to a shift', () => {
    fc.assert(
      fc.property(pairs, ([a, b]) => {
        const r = pearson(sample(...a), sample(...b));
        close(pearson(sample(...b), sample(...a)), r);
        close(pearson(sample(...a.map((value) => 3 * value + 7)), sample(...b)), r);
        if (r !== null) expect(Math.abs(r)).toBeLessThanOrEqual(1);
      }),
    );
  });

  it('does not exist for a constant sample or a single pair', () => {
    expect(pearson(sample(1, 1, 1), sample(1, 2, 3))).toBeNull();
    expect(pearson(sample(1, 2, 3), sample(0, 0, 0))).toBeNull();
    expect(pearson(sample(1), sample(2))).toBeNull();
  });

  it('takes a spread that is rounding for equality, one that is not for a difference', () => {
    const spread = (share: number) => ({ values: [1, 1 + share, 1], magnitude: 1 });
    expect(pearson(spread(EQUAL_TOLERANCE / 2), sample(1, 2, 1))).toBeNull();
    close(pearson(spread(EQUAL_TOLERANCE * 100), sample(1, 2, 1)), 1);
  });

  it('neither underflows nor overflows', () => {
    close(pearson(sample(1e-200, 2e-200, 3e-200), sample(1e200, 3e200, 2e200)), 0.5);
  });
});
