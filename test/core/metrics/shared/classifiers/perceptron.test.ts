import { describe, expect, it } from 'vitest';
import { fitPerceptron, perceptronDefaults } from '../../../../../core/metrics/shared/classifiers/perceptron.ts';
import { classify, fitSoftmaxRegression } from '../../../../../core/metrics/shared/classifiers/softmax-regression.ts';
import { randomStream } from '../../../../../core/random.ts';

/** A grid of points about 0. */
const points = Array.from({ length: 400 }, (_, n) => [((n % 20) - 9.5) / 6, (Math.floor(n / 20) - 9.5) / 6]);
const shareOf = (labels: Int32Array, classOf: (point: readonly number[]) => number) =>
  points.filter((point, n) => classOf(point) === labels[n]).length / points.length;

describe('fitPerceptron', () => {
  it('tells what no line tells: quadrants that are alike across', () => {
    const labels = Int32Array.from(points, ([a = 0, b = 0]) => (a * b > 0 ? 1 : 0));
    const network = fitPerceptron({ points, labels, classes: 2 }, randomStream(0), {
      ...perceptronDefaults,
      epochs: 60,
    });
    const line = fitSoftmaxRegression({ points, labels, classes: 2 });
    expect(shareOf(labels, network)).toBeGreaterThan(0.97);
    expect(shareOf(labels, (point) => classify(line, point))).toBeLessThan(0.6);
  });

  it('tells several classes', () => {
    const labels = Int32Array.from(points, ([a = 0]) => (a < -0.5 ? 0 : a < 0.5 ? 1 : 2));
    expect(shareOf(labels, fitPerceptron({ points, labels, classes: 3 }, randomStream(0)))).toBeGreaterThan(0.95);
  });

  it('is the same again for the same seed, and another for another', () => {
    const labels = Int32Array.from(points, (_, n) => (n * 7919) % 3);
    const learned = (seed: number) => {
      const network = fitPerceptron({ points, labels, classes: 3 }, randomStream(seed));
      return points.map((point) => network(point));
    };
    expect(learned(1)).toEqual(learned(1));
    expect(learned(1)).not.toEqual(learned(2));
  });

  it('says the most frequent class where points have no features', () => {
    const network = fitPerceptron(
      { points: [[], [], []], labels: Int32Array.of(1, 1, 0), classes: 2 },
      randomStream(0),
      { ...perceptronDefaults, epochs: 200 },
    );
    expect(network([])).toBe(1);
  });
});
