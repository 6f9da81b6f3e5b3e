import { InvalidArgumentError } from 'commander';
import { describe, expect, it } from 'vitest';
import { count, notNegative, positive, share, someOf, whole } from '../../bench/options.ts';

describe('figures', () => {
  it.each([
    [count, '3', 3],
    [whole, '0', 0],
    [positive, '0.5', 0.5],
    [notNegative, '0', 0],
    [share, '0.98', 0.98],
  ])('%# takes %j', (parse, text, value) => {
    expect(parse(text)).toBe(value);
  });

  it.each([
    [count, '0'],
    [count, '1.5'],
    [count, ''],
    [whole, '-1'],
    [positive, '0'],
    [positive, 'Infinity'],
    [notNegative, '-0.1'],
    [share, '1'],
  ])('%# refuses %j', (parse, text) => {
    expect(() => parse(text)).toThrow(InvalidArgumentError);
  });
});

describe('someOf', () => {
  it('keeps the order of the choices, and names them where one is unknown', () => {
    const parse = someOf(['a', 'b', 'c']);
    expect(parse('c,a')).toEqual(['a', 'c']);
    expect(() => parse('a,d')).toThrow('unknown "d"; choose a, b, c.');
  });
});
