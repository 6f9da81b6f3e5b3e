import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { TermAverage } from '../../../training/loop/term-average.ts';
import { useBackend } from '../backends/installed.ts';

beforeAll(() => useBackend('wasm'));

function averageOf(steps: readonly (readonly number[])[]): TermAverage {
  const average = new TermAverage(['loss', 'classification', 'reconstruction', 'kl']);
  for (const terms of steps) {
    const values = tf.tensor1d([...terms]);
    average.add(values);
    values.dispose();
  }
  return average;
}

describe('the mean of loss terms', () => {
  it('is over the steps since it was last taken, and keeps no tensors', () => {
    const before = tf.memory().numTensors;
    const average = averageOf([
      [4, 1, 2, 1],
      [8, 3, 4, 1],
    ]);
    expect(average.take(2)).toEqual({ loss: 6, classification: 2, reconstruction: 3, kl: 1 });
    expect(average.sums()).toEqual([0, 0, 0, 0]);
    average.restore([10, 4, 4, 2], 2);
    expect(average.check(4)).toEqual({ loss: 5, classification: 2, reconstruction: 2, kl: 1 });
    average.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])(
    'names the term that was %s first, and its step, though every other followed',
    (value) => {
      const average = averageOf([
        [3, 1, 1, 1],
        [value, 1, 1, value],
        [Number.NaN, Number.NaN, Number.NaN, Number.NaN],
      ]);
      expect(() => average.take(13)).toThrow('step 12: loss term "kl" is NaN');
      average.dispose();
    },
  );

  it('names a part before the whole, and the whole where it fails alone', () => {
    const nan = Number.NaN;
    expect(() => averageOf([[nan, nan, nan, nan]]).check(1)).toThrow('step 1: loss term "classification"');
    expect(() => averageOf([[nan, 1, 1, 1]]).check(1)).toThrow('step 1: loss term "loss"');
  });

  it('a restored sum that stops being finite is told with its own step', () => {
    const average = averageOf([]);
    average.restore([1, 1, 1, 1], 5);
    const values = tf.tensor1d([1, 1, Number.POSITIVE_INFINITY, 1]);
    average.add(values);
    expect(() => average.check(26)).toThrow('step 26: loss term "reconstruction" is Infinity');
  });
});
