import { describe, expect, it } from 'vitest';
import { entropy } from '../../../../core/metrics/disentanglement/information.ts';
import { migOf } from '../../../../core/metrics/disentanglement/mig.ts';
import { expectClose } from '../../../helpers/close.ts';
import { type Code, factor, factorial, noise, sampleOf } from './tables.ts';

const table = factorial([3, 4, 5]);
const factors = [factor(0), factor(1), factor(2)];
const scoreOf = (codes: readonly Code[], of = table) => migOf(sampleOf(of, codes)).value;

describe('mig', () => {
  it('is 1 where each factor has a code of its own, in any order and beside codes that say nothing', () => {
    expectClose(scoreOf(factors), 1);
    expectClose(scoreOf([() => 3, ...factors.toReversed(), () => 0]), 1);
  });

  it('is the information of the code itself where there is no second one', () => {
    expectClose(scoreOf([factor(2)], factorial([1, 1, 5])), 1);
    expectClose(scoreOf([factor(2)]), 1 / 3);
  });

  it('cannot reach 1 for a factor of more values than bins: forty values in twenty bins', () => {
    expectClose(scoreOf([factor(0), factor(1)], factorial([40, 2])), (Math.log(20) / Math.log(40) + 1) / 2);
  });

  it('is 0 for duplicates and for factors turned by 45°', () => {
    expectClose(scoreOf([...factors, ...factors]), 0);
    const turned: Code[] = [([a = 0, b = 0]) => a + b, ([a = 0, b = 0]) => a - b];
    expectClose(scoreOf(turned, factorial([8, 8])), 0);
  });

  it('does not mind one code for two factors: that is what DCI is for', () => {
    expectClose(scoreOf([([a = 0, b = 0]) => 4 * a + b, factor(2)], factorial([3, 4, 5])), 1);
  });

  it('has the closed form of two noisy channels of a binary factor', () => {
    const wrongInAQuarter: Code = ([v = 0], row) => (row < 2 ? 1 - v : v);
    const zeroInAHalf: Code = ([v = 0], row) => (row < 4 ? 0 : v);
    const { value, matrix } = migOf(sampleOf(factorial([2], { times: 4 }), [wrongInAQuarter, zeroInAHalf]));
    const first = Math.log(2) - entropy([1, 3]);
    const second = Math.log(2) - 0.75 * entropy([2, 1]); // says 0 in six rows of eight, and is right in four of them
    expectClose(matrix, [[first], [second]]);
    expectClose(value, (second - first) / Math.log(2));
  });

  it('is about 0 for noise', () => {
    expect(scoreOf([1, 2, 3, 4].map(noise), factorial([3, 4, 5], { times: 50 }))).toBeLessThan(0.01);
  });

  it('stays the same under permutation, shift and positive scale of the codes', () => {
    const mixed: Code[] = [([a = 0, b = 0]) => a + b / 2, ([, b = 0, c = 0]) => c - b / 4, ([a = 0, , c = 0]) => a * c];
    const expected = scoreOf(mixed);
    expect(expected).toBeGreaterThan(0.1);
    expectClose(scoreOf(mixed.toReversed()), expected);
    expectClose(scoreOf(mixed.map((code, k) => (v, row) => 2 ** (k - 3) * code(v, row) + 8)), expected);
  });

  it('leaves out factors that do not vary', () => {
    expectClose(scoreOf([factor(0), factor(2)], factorial([3, 1, 5])), 1);
  });
});
