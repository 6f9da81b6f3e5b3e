import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { lambdaAxis, lambdaLabel } from '../../../training/figures/charts/lambda-axis.ts';
import { linearAxis, valueAxis, zeroAxis } from '../../../training/figures/charts/value-axis.ts';
import { spreadOf } from '../../../training/figures/statistics.ts';

const finite = fc.double({ min: -1e6, max: 1e6, noNaN: true });

describe('valueAxis', () => {
  it('holds every value, and has a span', () => {
    fc.assert(
      fc.property(fc.array(finite, { minLength: 1 }), (values) => {
        const [low, high] = valueAxis(values).scale.domain;
        expect(low).toBeLessThan(high);
        expect(low).toBeLessThanOrEqual(Math.min(...values));
        expect(high).toBeGreaterThanOrEqual(Math.max(...values));
      }),
    );
  });

  it('is logarithmic over a decade, with ends that are marked', () => {
    expect(valueAxis([0.03, 0.4])).toEqual({
      scale: { type: 'log', domain: [0.02, 0.5], nice: false },
      ticks: { values: [0.02, 0.05, 0.1, 0.2, 0.5] },
    });
    expect(valueAxis([0.001, 100]).ticks).toEqual({ values: [0.001, 0.01, 0.1, 1, 10, 100] });
    expect(valueAxis([1, 9]).scale.type).toBe('linear');
    expect(valueAxis([0, 9000]).scale.type).toBe('linear');
  });

  it('writes all its marks alike where some are small', () => {
    expect(valueAxis([3e-7, 0.2]).ticks).toEqual({
      values: [1e-7, 1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 1e-1, 1].map(Number),
      format: '~e',
    });
  });

  it('starts at 0 for what goes there, as a learning rate does', () => {
    const { type, domain } = zeroAxis([3e-3, 1e-3, 5e-8]).scale;
    expect([type, domain[0]]).toEqual(['linear', 0]);
    expect(domain[1]).toBeGreaterThanOrEqual(3e-3);
    expect(zeroAxis([0, 0]).scale.domain).toEqual([0, 1]);
  });

  it('ends its air at a bound, but hides nothing beyond it', () => {
    expect(linearAxis([90, 99.9], 100).scale.domain[1]).toBe(100);
    expect(linearAxis([90, 101], 100).scale.domain[1]).toBe(101);
  });
});

describe('lambdaAxis', () => {
  it.each([
    [0, '0'],
    [1e-4, '10⁻⁴'],
    [2e-5, '2·10⁻⁵'],
    [0.001, '0.001'],
    [1, '1'],
    [1e12, '10¹²'],
  ])('writes %d as %s', (lambda, label) => {
    expect(lambdaLabel(lambda)).toBe(label);
  });

  it('has a span also for 0 alone, and places series of one λ symmetrically about it', () => {
    const { channel, position } = lambdaAxis([0]);
    const [low, high] = channel.scale.domain;
    expect(low).toBeLessThan(position(0, 0, 1));
    expect(high).toBeGreaterThan(position(0, 0, 1));
    expect((position(0, 0, 2) + position(0, 1, 2)) / 2).toBeCloseTo(position(0, 0, 1), 12);
  });
});

describe('spreadOf', () => {
  it('is the mean and the sample standard deviation', () => {
    const { count, mean, deviation } = spreadOf([2, 4, 4, 4, 5, 5, 7, 9]);
    expect([count, mean]).toEqual([8, 5]);
    expect(deviation).toBeCloseTo(Math.sqrt(32 / 7), 12);
  });

  it('has no deviation for one value, and none for equal ones', () => {
    expect(spreadOf([3]).deviation).toBeUndefined();
    expect(spreadOf([3, 3, 3]).deviation).toBe(0);
  });
});
