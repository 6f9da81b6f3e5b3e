import { expect, it } from 'vitest';
import { percent, plain, quantity, signed } from '../../../core/text/format.ts';

it('writes numbers for reading', () => {
  expect([1.5, -0.126, 0.001, -0.001, 0].map(signed)).toEqual(['+1.50', '−0.13', '0.00', '0.00', '0.00']);
  expect([1.5, -0.126, -0.001].map(plain)).toEqual(['1.50', '−0.13', '0.00']);
});

it('never rounds a probability to certain or impossible', () => {
  const given = [0, 0.0004, 0.001, 0.5, 0.9994, 0.9991, 1];
  expect(given.map(percent)).toEqual(['0.0 %', '< 0.1 %', '0.1 %', '50.0 %', '> 99.9 %', '> 99.9 %', '100.0 %']);
});

it('writes values with their unit: whole numbers in full, others to four digits', () => {
  expect([3, 12345678, 0.123456, 2.9999998, -0.5, 0, -0].map((value) => quantity(value))).toEqual([
    '3',
    '12345678',
    '0.1235',
    '3',
    '−0.5',
    '0',
    '0',
  ]);
  expect(quantity(7, 'priors')).toBe('7 priors');
});
