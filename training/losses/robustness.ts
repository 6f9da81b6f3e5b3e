import * as tf from '@tensorflow/tfjs';
import type { RandomStream } from '../../core/random.ts';
import type { RobustnessConfig } from '../config/theta.ts';
import type { ChainStep } from '../networks/chain/rules.ts';
import { head } from '../ops/directions.ts';

/**
 * The robustness loss `L_θ = ‖∇ₓf(x) − θ(x)ᵀJ_h(x)‖_F` (Alvarez-Melis & Jaakkola 2018, eq. 8) on the logits. By the
 * product rule the difference is `Σ_k h_k(x)·∇ₓθ_k(x)`, so that J_h is never computed: for a class direction v it is the
 * pullback through θ of the cotangent `h_k·v_c`. It is taken back to what θ reads, in the networks' units: the input; the
 * reconstruction; or the concepts, where the same law says `‖∇_h f − θ(h)‖_F = ‖Σ_k h_k·∇_hθ_k(h)‖_F`, that a concept that
 * moves by one moves the logits by θ. The loss reaches the conceptizer's weights through h.
 */

/** What the loss reads of a forward pass. */
interface Pass {
  /** `[N, K]` */
  readonly concepts: tf.Tensor2D;
  /** `[N, K, C]` */
  readonly relevances: tf.Tensor3D;
  /** `[N, C]` */
  readonly logits: tf.Tensor2D;
  /** Takes cotangents of θ back to what θ reads: `[D·n, K, C] → [D·n, …]`. */
  readonly pullback: ChainStep['pullback'];
}

type Estimation = Pick<RobustnessConfig, 'estimator' | 'reduction'> &
  Partial<Pick<RobustnessConfig, 'share' | 'scale'>>;

/** Keeps the gradient of the square root finite at zero. */
const EPSILON = 1e-12;

/** `[D·n, …] → [D·n]` */
function squaredNorms(gradient: tf.Tensor): tf.Tensor1D {
  return tf.sum(tf.square(tf.reshape(gradient, [gradient.shape[0] as number, -1])), 1);
}

/** Squared norms of each of the n inputs whose concepts are given, or estimates of them: `[n]` each. */
interface SquaredNorms {
  /** Of `Σ_k h_k·∇θ_k`. */
  readonly difference: tf.Tensor1D;
  /** Of θ, over the same directions. */
  readonly relevances: () => tf.Tensor1D;
}

type Estimator = (pass: Pass, random: RandomStream) => SquaredNorms;

/** All C class directions, in one pass. */
const exact: Estimator = ({ concepts, relevances, logits, pullback }) => {
  const [n, K] = concepts.shape;
  const C = logits.shape[1];
  const directions = tf.reshape(tf.eye(C), [C, 1, 1, C]);
  const cotangents = tf.mul(tf.reshape(concepts, [1, n, K, 1]), directions);
  const norms = squaredNorms(pullback(tf.reshape(cotangents, [C * n, K, C]), n));
  return {
    difference: tf.sum(tf.reshape(norms, [C, n]), 0),
    relevances: () => squaredNorms(head(relevances, n)),
  };
};

/** One direction of independent ±1 entries an input: the expectations are those of `exact` (Hutchinson 1990). */
const probe: Estimator = ({ concepts, relevances, logits, pullback }, random) => {
  const [n] = concepts.shape;
  const uniform = tf.randomUniform([n, logits.shape[1]], 0, 1, 'float32', random.seed());
  const directions = tf.sub(tf.mul(tf.cast(tf.greaterEqual(uniform, 0.5), 'float32'), 2), 1);
  const along = tf.expandDims(directions, 1);
  return {
    difference: squaredNorms(pullback(tf.mul(tf.expandDims(concepts, 2), along), n)),
    relevances: () => squaredNorms(tf.sum(tf.mul(head(relevances, n), along), 2)),
  };
};

export const estimators = { exact, probe } satisfies Record<RobustnessConfig['estimator'], Estimator>;

/** The norms as they are, or as shares of those of θ. */
const scales = {
  absolute: ({ difference }) => difference,
  relative: ({ difference, relevances }) => tf.div(difference, tf.add(relevances(), EPSILON)),
} satisfies Record<RobustnessConfig['scale'], (norms: SquaredNorms) => tf.Tensor1D>;

/** From `[n]` squared norms of a batch of N to one number. */
const reductions = {
  mean: (squared) => tf.mean(tf.sqrt(tf.add(squared, EPSILON))),
  batch: (squared, N) => tf.sqrt(tf.add(tf.mul(tf.mean(squared), N), EPSILON)),
} satisfies Record<RobustnessConfig['reduction'], (squared: tf.Tensor1D, N: number) => tf.Scalar>;

/** @returns scalar, logits per unit of what θ reads; a share of ‖θ‖ where it is relative */
export function robustnessLoss(
  pass: Pass,
  { estimator, reduction, share = 1, scale = 'absolute' }: Estimation,
  random: RandomStream,
): tf.Scalar {
  const N = pass.logits.shape[0];
  const concepts = head(pass.concepts, Math.ceil(share * N));
  return reductions[reduction](scales[scale](estimators[estimator]({ ...pass, concepts }, random)), N);
}

/** Where the warm-up of λ starts, as a share of it. */
const LAMBDA_START = 1e-4;

/** Share of λ at a step of the training phase, while it warms up. */
export function lambdaShareAt({ warmup }: Pick<RobustnessConfig, 'warmup'>, step: number): number {
  return step >= warmup ? 1 : LAMBDA_START ** (1 - step / warmup);
}
