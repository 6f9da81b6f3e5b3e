import * as tf from '@tensorflow/tfjs';
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
