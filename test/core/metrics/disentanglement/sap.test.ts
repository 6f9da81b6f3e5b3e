import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sapOf } from '../../../../core/metrics/disentanglement/sap.ts';
import { thresholdAccuracy } from '../../../../core/metrics/disentanglement/thresholds.ts';
import { expectClose } from '../../../helpers/close.ts';
import { type Code, factor, factorial, noise, sampleOf } from './tables.ts';

const table = factorial([3, 4, 5], { kinds: ['categorical', 'ordinal', 'ordinal'] });
const factors = [factor(0), factor(1), factor(2)];
const scoreOf = (codes: readonly Code[], of = table) => sapOf(sampleOf(of, codes)).value;

/** Tries every way to cut the line between different values and every class for each interval. */
function exhaustive(values: readonly number[], labels: readonly number[]): number {
  const classes = [...new Set(labels)];
  const places = [...new Set(values)].toSorted((a, b) => a - b);
  const worth = (label: number) => 1 / (classes.length * labels.filter((other) => other === label).length);
  const score = (start: number, end: number, label: number) =>
    values.reduce((sum, value, n) => {
      const inside = value >= (places[start] as number) && value <= (places[end] as number);
      return inside && labels[n] === label ? sum + worth(label) : sum;
    }, 0);
  const from = (start: number, intervals: number): number => {
    if (start === places.length) return 0;
    if (intervals === 0) return Number.NEGATIVE_INFINITY;
    const ends = places.map((_, end) => end).slice(start);
    return Math.max(
      ...ends.flatMap((end) => classes.map((label) => score(start, end, label) + from(end + 1, intervals - 1))),
    );
  };
  return from(0, classes.length);
}

describe('thresholdAccuracy', () => {
  it('finds the best of all thresholds', () => {
    const row = fc.tuple(fc.integer({ min: 0, max: 5 }), fc.integer({ min: 0, max: 2 }));
    fc.assert(
      fc.property(fc.array(row, { minLength: 1, maxLength: 9 }), (rows) => {
        const values = rows.map(([value]) => value);
        const labels = rows.map(([, label]) => label);
        const best = thresholdAccuracy(Float32Array.from(values), { size: 3, values: Int32Array.from(labels) });
        expectClose(best, exhaustive(values, labels));
      }),
    );
  });

  it('weighs classes alike, however rare: three in four rows of one class are worth no more than the fourth', () => {
    const labels = { size: 2, values: Int32Array.from([0, 0, 0, 1]) };
    expectClose(thresholdAccuracy(Float32Array.from([1, 1, 1, 1]), labels), 1 / 2);
    expectClose(thresholdAccuracy(Float32Array.from([1, 2, 2, 2]), labels), 1 / 2 + 1 / 6);
  });
});

describe('sap', () => {
  it('has its maximum where each factor has a code of its own: 1, or 1 − 1/C for C categories', () => {
    expectClose(scoreOf(factors), (2 / 3 + 1 + 1) / 3);
    expectClose(scoreOf(factors, factorial([3, 4, 5])), 1);
  });

  it('gives a constant code no score, not even that of guessing', () => {
    expectClose(scoreOf([factor(0), () => 2], factorial([3], { kinds: ['categorical'] })), 1);
    expectClose(scoreOf([() => 0, () => 2]), 0);
  });

  it('is 0 for duplicates and for factors turned by 45°', () => {
    expectClose(scoreOf([...factors, ...factors]), 0);
    const turned: Code[] = [([a = 0, b = 0]) => a + b, ([a = 0, b = 0]) => a - b];
    expectClose(scoreOf(turned, factorial([8, 8])), 0);
  });

  it('scores an ordinal factor by R²: of a sum of independent codes, the share of variance', () => {
    const { matrix } = sapOf(sampleOf(factorial([5, 5]), [([a = 0, b = 0]) => 2 * a - b]));
    expectClose(matrix, [[4 / 5, 1 / 5]]);
  });

  it('scores a category by thresholds, which no order of its values changes', () => {
    const shuffled: Code = ([shape = 0]) => [5, -1, 2][shape] as number;
    expectClose(scoreOf([shuffled, factor(1), factor(2)]), scoreOf(factors));
  });

  it('is about 0 for noise', () => {
    expect(scoreOf([1, 2, 3, 4].map(noise), factorial([3, 4, 5], { times: 50, kinds: table.kinds }))).toBeLessThan(
      0.02,
    );
  });

  it('stays the same under permutation, shift, positive scale and sign of the codes', () => {
    const mixed: Code[] = [([a = 0, b = 0]) => a + b / 2, ([, b = 0, c = 0]) => c - b / 4, ([a = 0, , c = 0]) => a * c];
    const expected = scoreOf(mixed);
    expect(expected).toBeGreaterThan(0.1);
    expectClose(scoreOf(mixed.toReversed()), expected);
    expectClose(scoreOf(mixed.map((code, k) => (v, row) => 2 ** (k - 3) * code(v, row) + 8)), expected);
    expectClose(scoreOf(mixed.map((code) => (v, row) => -code(v, row))), expected);
  });
});
