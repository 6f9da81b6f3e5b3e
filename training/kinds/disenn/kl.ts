import * as tf from '@tensorflow/tfjs';

/**
 * KL divergence of the posterior N(μ, σ²) from the prior N(0, 1), summed over the concepts, mean over the batch
 * (Kingma & Welling 2014, appendix B).
 * @param mean `[N, K]`
 * @param logVariance `[N, K]`
 * @returns scalar, nats an input
 */
export function klDivergence(mean: tf.Tensor2D, logVariance: tf.Tensor2D): tf.Scalar {
  const terms = tf.sub(tf.add(tf.square(mean), tf.exp(logVariance)), tf.add(logVariance, 1));
  return tf.mul(tf.mean(tf.sum(terms, 1)), 0.5);
}

export interface Decomposition {
  /** Index-code mutual information. */
  readonly mutualInformation: tf.Scalar;
  /** KL of the aggregate posterior from the product of its marginals: what β-TCVAE weighs. */
  readonly totalCorrelation: tf.Scalar;
  /** KL of the marginals from the prior, summed over the concepts. */
  readonly dimensionWiseKl: tf.Scalar;
}

const LOG_2_PI = Math.log(2 * Math.PI);

/** log N(z; μ, σ²), elementwise, broadcasting. */
function logDensity(z: tf.Tensor, mean: tf.Tensor, logVariance: tf.Tensor): tf.Tensor {
  const distance = tf.mul(tf.square(tf.sub(z, mean)), tf.exp(tf.neg(logVariance)));
  return tf.mul(tf.add(tf.add(distance, logVariance), LOG_2_PI), -0.5);
}

/**
 * The parts that the KL divergence falls into, estimated with minibatch-weighted sampling (Chen et al. 2018, "Isolating
 * sources of disentanglement in VAEs", eq. 2 and S5). They add up to `E[log q(z|x) − log p(z)]` of the samples. The
 * estimate shifts total correlation and dimension-wise KL by constants, against each other: their gradients are right,
 * their values compare only within one batch size and data set.
 * @param concepts `[N, K]`, samples of the posteriors
 * @param mean `[N, K]`
 * @param logVariance `[N, K]`
 * @param count inputs in the training set
 */
export function decomposeKl(
  concepts: tf.Tensor2D,
  mean: tf.Tensor2D,
  logVariance: tf.Tensor2D,
  count: number,
): Decomposition {
  const N = concepts.shape[0];
  const logWeight = Math.log(N * count);
  const posterior = tf.sum(logDensity(concepts, mean, logVariance), 1);
  const prior = tf.sum(logDensity(concepts, tf.scalar(0), tf.scalar(0)), 1);
  // [sample, component, K]: every sample under every posterior of the batch.
  const pairs = logDensity(tf.expandDims(concepts, 1), tf.expandDims(mean, 0), tf.expandDims(logVariance, 0));
  const joint = tf.sub(tf.logSumExp(tf.sum(pairs, 2), 1), logWeight);
  const marginals = tf.sum(tf.sub(tf.logSumExp(pairs, 1), logWeight), 1);
  return {
    mutualInformation: tf.mean(tf.sub(posterior, joint)),
    totalCorrelation: tf.mean(tf.sub(joint, marginals)),
    dimensionWiseKl: tf.mean(tf.sub(marginals, prior)),
  };
}
