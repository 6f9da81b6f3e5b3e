import * as tf from '@tensorflow/tfjs';
import { withoutBias } from './forward.ts';

/** Keeps a concept that does not vary over a batch from dividing by nothing. */
const EPSILON = 1e-6;

/**
 * How much the concepts of a batch repeat each other: the mean over all pairs of concepts of the square of their
 * correlation, 0 to 1. What reads concepts through noise gains by saying the plainest thing many times over, and then no
 * concept means anything that the others do not. After Cogswell et al. 2016, "Reducing Overfitting in Deep Networks by
 * Decorrelating Representations", with correlations in the place of covariances: the scale of h says nothing.
 * @param concepts `[N, K]`; a constant one at the end is none @returns scalar; 0 of one concept
 */
export function decorrelationLoss(concepts: tf.Tensor2D, bias: boolean): tf.Scalar {
  const own = withoutBias(concepts, bias);
  const [N, K] = own.shape;
  const { mean, variance } = tf.moments(own, 0);
  const scaled = tf.div(tf.sub(own, mean), tf.sqrt(tf.add(variance, EPSILON))) as tf.Tensor2D;
  const squares = tf.square(tf.div(tf.matMul(scaled, scaled, true), N));
  const others = tf.sub(1, tf.eye(K));
  return tf.div(tf.sum(tf.mul(squares, others)), Math.max(1, K * (K - 1))) as tf.Scalar;
}
