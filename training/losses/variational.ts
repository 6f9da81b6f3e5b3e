import * as tf from '@tensorflow/tfjs';

/** Keeps log p finite where a sigmoid saturates in float32. */
const EPSILON = 1e-7;

/**
 * Bernoulli negative log-likelihood of an image, summed over its pixels, mean over the batch.
 * @param reconstruction `[N, H, W, C]`, in (0, 1)
 * @param x `[N, H, W, C]`, in [0, 1]
 * @returns scalar, nats an image
 */
export function reconstructionLoss(reconstruction: tf.Tensor4D, x: tf.Tensor4D): tf.Scalar {
  const on = tf.mul(x, tf.log(tf.add(reconstruction, EPSILON)));
  const off = tf.mul(tf.sub(1, x), tf.log(tf.sub(1 + EPSILON, reconstruction)));
  return tf.neg(tf.mean(tf.sum(tf.add(on, off), [1, 2, 3])));
}

/**
 * KL divergence of the posterior N(μ, σ²) from the prior N(0, 1), summed over the concepts, mean over the batch
 * (Kingma & Welling 2014, appendix B).
 * @param mean `[N, K]`
 * @param logVariance `[N, K]`
 * @returns scalar, nats an image
 */
export function klDivergence(mean: tf.Tensor2D, logVariance: tf.Tensor2D): tf.Scalar {
  const terms = tf.sub(tf.add(tf.square(mean), tf.exp(logVariance)), tf.add(logVariance, 1));
  return tf.mul(tf.mean(tf.sum(terms, 1)), 0.5);
}
