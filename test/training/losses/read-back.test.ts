import * as tf from '@tensorflow/tfjs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { randomStream } from '../../../core/random.ts';
import { underNoise } from '../../../training/kinds/shared/read-back.ts';
import { tinyConfig } from '../tiny.ts';

/** The noise through which pictures are read back, by its closed form. */

const N = 400;
const SIZE = 400;

describe('pictures under noise', () => {
  beforeEach(() => tf.engine().startScope());
  afterEach(() => tf.engine().endScope());

  const deviations = (most: number): number[] => {
    const pictures = tf.fill([N, 20, 20, 1], 0.25);
    const noise = tf.reshape(tf.sub(underNoise(pictures, most, randomStream(3)), pictures), [N, SIZE]);
    return Array.from(tf.moments(noise, 1).variance.dataSync(), Math.sqrt);
  };

  it('each has a deviation of its own, uniform up to the most', () => {
    const all = deviations(0.4).toSorted((a, b) => a - b);
    for (const share of [0.25, 0.5, 0.75]) {
      expect(all[Math.floor(share * N)]).toBeCloseTo(0.4 * share, 1.3);
    }
    expect(all[0]).toBeLessThan(0.01);
    expect(all[N - 1]).toBeLessThan(0.45);
  });

  it('none leaves them as they are', () => {
    const pictures = tf.ones([2, 3, 3, 1]);
    expect(underNoise(pictures, 0, randomStream(1))).toBe(pictures);
  });

  it('is refused where nothing is read back', () => {
    expect(() => tinyConfig({ readBack: 0, readBackNoise: 0.1 })).toThrow(/readBackNoise/);
  });
});
