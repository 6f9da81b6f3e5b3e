import { describe, expect, it } from 'vitest';
import { deviationOf, hasRange, isConstant } from '../../../core/concepts/variation.ts';
import { expectClose } from '../../helpers/close.ts';
import { conceptWith } from '../../helpers/linear-model.ts';

const bias = conceptWith('bias', [1, 1, 1, 1, 1]);
const rare = conceptWith('rare', [0, 0, 0, 0, 0], 0.01);
const usual = conceptWith('usual', [-1, 0, 0, 0, 1], 0.25);

describe('a concept', () => {
  it('is constant where neither its quantiles nor its mean differ beyond rounding', () => {
    expect([bias, rare, usual].map(isConstant)).toEqual([true, false, false]);
    expect(isConstant(conceptWith('rounded', [1000, 1000, 1000, 1000, 1000.0005], 1000.0002))).toBe(true);
  });

  it('is constant where its deviation says so, whatever its quantiles', () => {
    expect(isConstant({ ...rare, deviation: 1e-9 })).toBe(true);
    expect(isConstant({ ...bias, deviation: 0.1 })).toBe(false);
  });

  it('has a range where its outer quantiles differ', () => {
    expect([bias, rare, usual].map(hasRange)).toEqual([false, false, true]);
  });

  it('deviates as its manifest says, else as a normal distribution of its quantiles, and no less than the mean from the median', () => {
    expect(deviationOf({ ...usual, deviation: 0.5 })).toBe(0.5);
    expectClose(deviationOf(usual), 2 / 3.29);
    expect(deviationOf(rare)).toBe(0.01);
    expect(deviationOf(bias)).toBe(0);
  });
});
