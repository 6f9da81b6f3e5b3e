import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { summarise } from '../../../core/metrics/summary.ts';
import { namedStream } from '../../../core/random.ts';
import { bootstrap } from '../../../core/scoring/statistics/bootstrap.ts';
import { pair } from '../../../core/scoring/statistics/compare.ts';
import { holm, mcNemar, wilcoxon } from '../../../core/scoring/statistics/tests.ts';

describe('the bootstrap', () => {
  it('takes the figures of resamples as `summarise` takes them of inputs written out', () => {
    const of = fc.array(fc.option(fc.integer({ min: -5, max: 5 })), { minLength: 2, maxLength: 12 });
    fc.assert(
      fc.property(of, (values) => {
        fc.pre(values.filter((value) => value !== null).length > 1);
        const N = values.length;
        const [one] = bootstrap(N, [{ of: values, distribution: true }], namedStream(7, 'a'), 1);
        const random = namedStream(7, 'a');
        const drawn = Array.from({ length: N }, () => values[random.integer(N)] as number | null);
        const { mean, median, q05, q95 } = summarise(drawn);
        if (mean === null || one === undefined || !('median' in one)) return;
        expect(one.mean[0]).toBeCloseTo(mean, 12);
        expect([one.median[0], one.q05[1], one.q95[0]]).toEqual([median, q05, q95]);
      }),
    );
  });

  it('is as wide as the normal approximation says: mean ± 1.96 deviations over √N', () => {
    const N = 1000;
    const of = Array.from({ length: N }, (_, n) => (n < 300 ? 1 : 0));
    const [one] = bootstrap(N, [{ of, distribution: false }], namedStream(0, 'a'));
    const half = 1.96 * Math.sqrt((0.3 * 0.7) / N);
    expect(one?.mean[0]).toBeCloseTo(0.3 - half, 2);
    expect(one?.mean[1]).toBeCloseTo(0.3 + half, 2);
  });

  it('resamples a ratio as one', () => {
    const [of, over] = [
      [1, 2, 3],
      [2, 4, 6],
    ];
    expect(bootstrap(3, [{ of, over, distribution: false }], namedStream(0, 'a'))).toEqual([{ mean: [0.5, 0.5] }]);
  });

  it('tells nothing of fewer than two values', () => {
    expect(bootstrap(3, [{ of: [1, null, null], distribution: true }], namedStream(0, 'a'))).toEqual([undefined]);
  });
});

describe('paired tests', () => {
  it('McNemar: the sign test on the inputs of which only one is right, in closed form', () => {
    expect(mcNemar(0, 0)).toBe(1);
    expect(mcNemar(3, 3)).toBe(1);
    expect(mcNemar(0, 5)).toBeCloseTo(2 / 32, 12);
    expect(mcNemar(1, 5)).toBeCloseTo((2 * (1 + 6)) / 64, 12);
    expect(mcNemar(5, 1)).toBe(mcNemar(1, 5));
    expect(mcNemar(400, 600)).toBeLessThan(1e-9);
  });

  it('Wilcoxon: exact for few, by counting signs', () => {
    expect(wilcoxon([0, 0])).toBe(1);
    expect(wilcoxon([1, 2, 3])).toBeCloseTo(2 / 8, 12);
    expect(wilcoxon([-1, 2, 3])).toBeCloseTo((2 * 2) / 8, 12); // sums 0 and 1 of 8
    // every sign of seven ranks, counted out
    const differences = [1, -2, 3, 4, -5, 6, 7.5];
    let below = 0;
    for (let signs = 0; signs < 128; signs++) {
      const sum = [1, 2, 3, 4, 5, 6, 7].filter((_, i) => (signs >> i) % 2 === 1).reduce((a, b) => a + b, 0);
      if (sum <= 7) below += 1;
    }
    expect(wilcoxon(differences)).toBeCloseTo((2 * below) / 128, 12);
  });

  it('Wilcoxon: for many the normal approximation, which meets the exact one', () => {
    const differences = Array.from({ length: 50 }, (_, i) => (i % 3 === 0 ? -1 : 1) * (i + 1));
    const exact = wilcoxon(differences);
    const near = wilcoxon([...differences, 50.5, -50.6]);
    expect(Math.abs(exact - near)).toBeLessThan(0.02);
    // all equal: n differences of one size; z = n / √(n) by the tie-corrected variance n³/4 · 1/n
    const n = 100;
    const z = Math.abs(60 - 40) / Math.sqrt(n);
    expect(z).toBe(2);
    expect(wilcoxon(Array.from({ length: n }, (_, i) => (i < 60 ? 1 : -1)))).toBeCloseTo(0.0455, 3);
  });

  it('Holm: by hand', () => {
    expect(holm([0.01, 0.04, 0.03])).toEqual([0.03, 0.06, 0.06]);
    expect(holm([0.6, 0.7])).toEqual([1, 1]);
    expect(holm([])).toEqual([]);
  });
});

describe('two models on the same inputs', () => {
  it('are compared where both have a value, by the test that fits', () => {
    expect(pair({ of: [1, null, 2, 3] }, { of: [2, 5, null, 3.5] })).toMatchObject({
      count: 2,
      difference: 0.75,
      test: 'wilcoxon',
    });
    expect(pair({ of: [1, 0, 0, 0] }, { of: [1, 1, 1, 1] })).toMatchObject({
      difference: 0.75,
      test: 'mcnemar',
      p: mcNemar(0, 3),
    });
    expect(pair({ of: [1] }, { of: [1], over: [2] })).toBeUndefined();
    expect(pair({ of: [null] }, { of: [1] })).toBeUndefined();
  });
});
