import * as tf from '@tensorflow/tfjs';

/** Keeps log p finite where a sigmoid saturates in float32. */
const EPSILON = 1e-7;

/** Sum over everything but the batch, mean over the batch. */
function meanOfSums(errors: tf.Tensor): tf.Scalar {
  return tf.mean(tf.sum(tf.reshape(errors, [errors.shape[0] as number, -1]), 1));
}

/** How far a reconstruction is from its input, `[N, …]` both: summed over pixels or features, mean over the batch. */
export const reconstructionLosses = {
  /** Bernoulli negative log-likelihood, nats an input; both in [0, 1]. */
  bernoulli: (reconstruction, x) => {
    const on = tf.mul(x, tf.log(tf.add(reconstruction, EPSILON)));
    const off = tf.mul(tf.sub(1, x), tf.log(tf.sub(1 + EPSILON, reconstruction)));
    return tf.neg(meanOfSums(tf.add(on, off)));
  },
  /** Squared error, in the networks' units. */
  squared: (reconstruction, x) => meanOfSums(tf.squaredDifference(reconstruction, x)),
} satisfies Record<string, (reconstruction: tf.Tensor, x: tf.Tensor) => tf.Scalar>;
