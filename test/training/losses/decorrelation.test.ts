import * as tf from '@tensorflow/tfjs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { decorrelationLoss } from '../../../training/kinds/shared/decorrelation.ts';

/** How much concepts repeat each other, by its closed form. */

describe('the decorrelation loss', () => {
  beforeEach(() => tf.engine().startScope());
  afterEach(() => tf.engine().endScope());

  const loss = (rows: number[][], bias = false): number =>
    decorrelationLoss(tf.tensor2d(rows), bias).dataSync()[0] as number;

  it('is the mean of r² over all pairs: 1 for two that are the same line, whatever its slope', () => {
    const line = [-3, -1, 1, 3].map((a) => [a, 5 - 2 * a]);
    expect(loss(line)).toBeCloseTo(1, 5);
    const apart = [
      [1, 1],
      [1, -1],
      [-1, 1],
      [-1, -1],
    ];
    expect(loss(apart)).toBeCloseTo(0, 6);
    // The third is the first: one pair of three is tied.
    expect(loss(apart.map(([a = 0, b = 0]) => [a, b, a]))).toBeCloseTo(1 / 3, 5);
    // r = .6 of the two: 3 a + 4 b with a, b apart
    expect(loss(apart.map(([a = 0, b = 0]) => [a, 3 * a + 4 * b]))).toBeCloseTo(0.36, 5);
  });

  it('leaves out a constant concept, and is 0 where there is no pair', () => {
    expect(
      loss(
        [
          [1, 1],
          [2, 1],
        ],
        true,
      ),
    ).toBe(0);
    expect(loss([[1], [2]])).toBe(0);
    expect(
      loss([
        [1, 7],
        [2, 7],
      ]),
    ).toBeCloseTo(0, 6);
    expect(loss([[1, 2]])).toBe(0);
  });
});
