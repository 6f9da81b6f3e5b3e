import * as tf from '@tensorflow/tfjs';
import { aggregate } from '../networks/index.ts';

/**
 * The robustness loss `L_θ = ‖∇ₓf(x) − θ(x)ᵀJ_h(x)‖_F` (Alvarez-Melis & Jaakkola 2018, eq. 8) on the logits, a mean
 * over the batch. By the product rule the difference is `Σ_k h_k(x)·∇ₓθ_k(x)`: the gradient of the aggregate with h
 * held constant, so that J_h is never computed and one backward pass through θ serves for a class direction.
 *
 * "Held constant" is about x only: the loss still reaches the conceptizer's weights through h. Therefore `x` must be a
 * tensor that h was *not* computed from, since tfjs differentiates along everything on the tape.
 */

/** θ as a function of its input: `[N, …] → [N, K, C]`. */
export type Parameterize = (x: tf.Tensor) => tf.Tensor3D;

/** Keeps the gradient of the square root finite at zero. */
const EPSILON = 1e-12;

/** `∇ₓ Σ_n Σ_c v[n,c]·f_c(x_n)` with h constant: `[N, …]`. */
function directionalGradient(
  parameterize: Parameterize,
  concepts: tf.Tensor2D,
  x: tf.Tensor,
  directions: tf.Tensor2D,
): tf.Tensor {
  return tf.grad((input) => tf.sum(tf.mul(directions, aggregate(concepts, parameterize(input)))))(x);
}

function squaredNorms(gradient: tf.Tensor): tf.Tensor1D {
  return tf.sum(tf.square(tf.reshape(gradient, [gradient.shape[0] as number, -1])), 1);
}

/** The C class directions in one pass, over a batch tiled C times. @returns `[N]`, `‖·‖_F²` a sample */
export function exactSquaredNorms(
  parameterize: Parameterize,
  concepts: tf.Tensor2D,
  x: tf.Tensor,
  classes: number,
): tf.Tensor1D {
  const [N = 0, ...rest] = x.shape;
  const tiledX = tf.tile(x, [classes, ...rest.map(() => 1)]);
  const tiledConcepts = tf.tile(concepts, [classes, 1]);
  const directions = tf.reshape(tf.tile(tf.expandDims(tf.eye(classes), 1), [1, N, 1]), [
    classes * N,
    classes,
  ]) as tf.Tensor2D;
  const gradient = directionalGradient(parameterize, tiledConcepts, tiledX, directions);
  return tf.sum(tf.reshape(squaredNorms(gradient), [classes, N]), 0);
}

/**
 * One random direction a sample: with independent ±1 entries the expectation is `‖·‖_F²` (Hutchinson 1990).
 * @param directions `[N, C]`, entries ±1
 * @returns `[N]`
 */
export function probeSquaredNorms(
  parameterize: Parameterize,
  concepts: tf.Tensor2D,
  x: tf.Tensor,
  directions: tf.Tensor2D,
): tf.Tensor1D {
  return squaredNorms(directionalGradient(parameterize, concepts, x, directions));
}

/** Mean over the batch of the norms. @param squared `[N]` @returns scalar, logits per input unit */
export function robustnessLoss(squared: tf.Tensor1D): tf.Scalar {
  return tf.mean(tf.sqrt(tf.add(squared, EPSILON)));
}
