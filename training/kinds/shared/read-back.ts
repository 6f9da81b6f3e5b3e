import * as tf from '@tensorflow/tfjs';
import type { RandomStream } from '../../../core/random.ts';
import { withoutBias } from './forward.ts';

/**
 * Read-back: concepts that are moved and decoded must be read again by the conceptizer, those that moved as those that
 * did not. Otherwise the pictures of a traversal do not show what the concept does. `L = mean_x ‖h(dec(h′)) − h′‖²`.
 * @param moved `[N, K]`, h′ (moves.ts)
 * @param read `[N, K]`, what the conceptizer reads in the pictures of h′
 * @returns scalar, squared concept units
 */
export function readBackLoss(moved: tf.Tensor2D, read: tf.Tensor2D, bias: boolean): tf.Scalar {
  return tf.mean(tf.sum(tf.squaredDifference(withoutBias(read, bias), withoutBias(moved, bias)), 1));
}

/** Pictures under noise, each of a deviation that is uniform in `[0, most]`. @param pictures `[N, …]` */
export function underNoise(pictures: tf.Tensor, most: number, random: RandomStream): tf.Tensor {
  if (most === 0) return pictures;
  const [N, ...rest] = pictures.shape as [number, ...number[]];
  const deviations = tf.randomUniform([N, ...rest.map(() => 1)], 0, most, 'float32', random.seed());
  return tf.add(pictures, tf.mul(tf.randomNormal(pictures.shape, 0, 1, 'float32', random.seed()), deviations));
}
