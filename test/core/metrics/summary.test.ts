import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { quantile, summarise } from '../../../core/metrics/summary.ts';
import { expectClose } from '../../helpers/close.ts';

describe('quantile', () => {
  it('interpolates as numpy.quantile does', () => {
    // numpy.quantile([1, 2, 4, 8], [0, .05, .25, .5, .75, .95, 1])
    const figures = [0, 0.05, 0.25, 0.5, 0.75, 0.95, 1].map((q) => quantile([1, 2, 4, 8], q));
    expectClose(figures, [1, 1.15, 1.75, 3, 5, 7.4, 8]);
  });

  it('of a single value is the value', () => {
    expect([0, 0.3, 1].map((q) => quantile([7], q))).toEqual([7, 7, 7]);
  });

  it('grows with q, within the values', () => {
    const values = fc.array(fc.double({ min: -1e3, max: 1e3, noNaN: true }), { minLength: 1, maxLength: 20 });
    const share = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(values, share, share, (unsorted, p, q) => {
        const sorted = unsorted.sort((a, b) => a - b);
        const [low, high] = [quantile(sorted, Math.min(p, q)), quantile(sorted, Math.max(p, q))];
        expect(low).toBeLessThanOrEqual(high + 1e-9);
        expect(low).toBeGreaterThanOrEqual((sorted[0] as number) - 1e-9);
        expect(high).toBeLessThanOrEqual((sorted.at(-1) as number) + 1e-9);
      }),
    );
  });
});

describe('summary', () => {
  it('counts apart what has no value, and leaves it out of the figures', () => {
    expect(summarise([null, 3, 1, null, 2])).toEqual({
      count: 3,
      mean: 2,
      median: 2,
      q05: 1.1,
      q25: 1.5,
      q75: 2.5,
      q95: 2.9,
      withoutValue: 2,
    });
  });

  it('has no figures where no input has a value', () => {
    const none = { mean: null, median: null, q05: null, q25: null, q75: null, q95: null };
    expect(summarise([null, null])).toEqual({ count: 0, ...none, withoutValue: 2 });
    expect(summarise([])).toEqual({ count: 0, ...none, withoutValue: 0 });
  });

  it('sorts numbers as numbers, and does not touch what it is given', () => {
    const values = [10, 9, -1, 100];
    expect(summarise(values).median).toBe(9.5);
    expect(values).toEqual([10, 9, -1, 100]);
  });
});
