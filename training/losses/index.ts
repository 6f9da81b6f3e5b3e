import * as tf from '@tensorflow/tfjs';
import type { Config } from '../config.ts';
import { applyModel, forwardPass, type Networks } from '../networks/index.ts';
import { classificationLoss } from './classification.ts';
import { exactSquaredNorms, probeSquaredNorms, robustnessLoss } from './robustness.ts';
import { klDivergence, reconstructionLoss } from './variational.ts';

/** Every term of the loss, unweighted, in the order in which they are reported. */
export const lossTerms = ['loss', 'classification', 'robustness', 'reconstruction', 'kl'] as const;
export type LossTerm = (typeof lossTerms)[number];

/** Value of each term that was computed; a robustness loss of weight 0 is not. */
export type LossValues = Readonly<Partial<Record<LossTerm, number>> & Record<Exclude<LossTerm, 'robustness'>, number>>;

/** The terms that a configuration computes. */
export function lossTermsOf({ robustness }: Pick<Config, 'robustness'>): readonly LossTerm[] {
  return lossTerms.filter((term) => term !== 'robustness' || robustness.weight > 0);
}

export interface Batch {
  /** `[N, H, W, C]`, in [0, 1] */
  readonly x: tf.Tensor4D;
  /** The same values in a tensor of its own, for the gradient by the input (see `losses/robustness.ts`). */
  readonly xForRobustness: tf.Tensor4D;
  /** `[N, C]`, one-hot */
  readonly labels: tf.Tensor2D;
  /** `[N, K]`, standard normal */
  readonly noise: tf.Tensor2D;
  /** `[N, C]`, ±1; read by the `probe` estimator */
  readonly directions: tf.Tensor2D;
}

export type LossConfig = Pick<Config, 'conceptizer' | 'robustness' | 'conceptWeight'>;

/** `L = L_y + λ·L_θ + ξ·(reconstruction + β·KL)`; each term a mean over the batch. */
export function totalLoss(
  networks: Networks,
  batch: Batch,
  config: LossConfig,
): Partial<Record<LossTerm, tf.Scalar>> & { readonly loss: tf.Scalar } {
  const { x, xForRobustness, labels, noise, directions } = batch;
  const { mean, logVariance, concepts, logits, reconstruction: decoded } = forwardPass(networks, x, { noise });
  const parameterize = (input: tf.Tensor) => applyModel(networks.parameterizer, input, true)[0] as tf.Tensor3D;
  const classes = labels.shape[1];
  const squared = () =>
    config.robustness.estimator === 'exact'
      ? exactSquaredNorms(parameterize, concepts, xForRobustness, classes)
      : probeSquaredNorms(parameterize, concepts, xForRobustness, directions);

  const classification = classificationLoss(logits, labels);
  const robustness = config.robustness.weight === 0 ? undefined : robustnessLoss(squared());
  const reconstruction = reconstructionLoss(decoded, x);
  const kl = klDivergence(mean, logVariance);
  const concept = tf.add(reconstruction, tf.mul(kl, config.conceptizer.beta));
  const loss = tf.addN([
    classification,
    ...(robustness === undefined ? [] : [tf.mul(robustness, config.robustness.weight)]),
    tf.mul(concept, config.conceptWeight),
  ]) as tf.Scalar;
  return { loss, classification, ...(robustness !== undefined && { robustness }), reconstruction, kl };
}
