import * as tf from '@tensorflow/tfjs';

/**
 * Cross-entropy of the softmax of the logits, mean over the batch. `log softmax` is written as z − log Σ exp z, because
 * tfjs's own drops its second-order gradient.
 * @param logits `[N, C]`
 * @param labels `[N, C]`, one-hot
 * @returns scalar, nats
 */
export function classificationLoss(logits: tf.Tensor2D, labels: tf.Tensor2D): tf.Scalar {
  const logProbabilities = tf.sub(logits, tf.logSumExp(logits, 1, true));
  return tf.neg(tf.mean(tf.sum(tf.mul(labels, logProbabilities), 1)));
}
