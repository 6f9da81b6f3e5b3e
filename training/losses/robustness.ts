import * as tf from '@tensorflow/tfjs';
import type { Config } from '../config.ts';
import type { ForwardPass } from '../networks/forward.ts';
import type { RandomStream } from '../random.ts';

/**
 * The robustness loss `L_θ = ‖∇ₓf(x) − θ(x)ᵀJ_h(x)‖_F` (Alvarez-Melis & Jaakkola 2018, eq. 8) on the logits. By the
 * product rule the difference is `Σ_k h_k(x)·∇ₓθ_k(x)`, so that J_h is never computed: for a class direction v it is the
 * pullback through θ of the cotangent `h_k·v_c`. x is in the networks' units. The loss reaches the conceptizer's weights
 * through h.
 */

type Pass = Pick<ForwardPass, 'concepts' | 'pullback' | 'logits'>;

/** Keeps the gradient of the square root finite at zero. */
const EPSILON = 1e-12;

/** `[D·N, …] → [D·N]` */
function squaredNorms(gradient: tf.Tensor): tf.Tensor1D {
  return tf.sum(tf.square(tf.reshape(gradient, [gradient.shape[0] as number, -1])), 1);
}

/** `‖·‖_F²` of each sample, `[N]`, or an estimate of it. */
type Estimator = (pass: Pass, random: RandomStream) => tf.Tensor1D;

/** All C class directions, in one pass. */
const exact: Estimator = ({ concepts, pullback, logits }) => {
  const [N, C] = logits.shape;
  const K = concepts.shape[1];
  const directions = tf.reshape(tf.eye(C), [C, 1, 1, C]);
  const cotangents = tf.mul(tf.reshape(concepts, [1, N, K, 1]), directions);
  const norms = squaredNorms(pullback(tf.reshape(cotangents, [C * N, K, C])));
  return tf.sum(tf.reshape(norms, [C, N]), 0);
};

/** One direction of independent ±1 entries a sample: the expectation is `‖·‖_F²` (Hutchinson 1990). */
const probe: Estimator = ({ concepts, pullback, logits }, random) => {
  const uniform = tf.randomUniform(logits.shape, 0, 1, 'float32', random.seed());
  const directions = tf.sub(tf.mul(tf.cast(tf.greaterEqual(uniform, 0.5), 'float32'), 2), 1);
  return squaredNorms(pullback(tf.mul(tf.expandDims(concepts, 2), tf.expandDims(directions, 1))));
};

export const estimators = { exact, probe } satisfies Record<Config['robustness']['estimator'], Estimator>;

/** From `[N]` squared norms to one number. */
const reductions = {
  mean: (squared) => tf.mean(tf.sqrt(tf.add(squared, EPSILON))),
  batch: (squared) => tf.sqrt(tf.add(tf.sum(squared), EPSILON)),
} satisfies Record<Config['robustness']['reduction'], (squared: tf.Tensor1D) => tf.Scalar>;

/** @returns scalar, logits per unit of the network's input */
export function robustnessLoss(
  pass: Pass,
  { estimator, reduction }: Pick<Config['robustness'], 'estimator' | 'reduction'>,
  random: RandomStream,
): tf.Scalar {
  return reductions[reduction](estimators[estimator](pass, random));
}
