import * as tf from '@tensorflow/tfjs';
import type { ConceptizerConfig } from '../config/config.ts';
import type { Encoding } from '../networks/forward.ts';
import { reconstructionLosses } from './reconstruction.ts';
import { decomposeKl, klDivergence } from './variational.ts';

/** The terms of the concept losses, in the order in which they are reported. */
export const conceptTerms = [
  'reconstruction',
  'sparsity',
  'kl',
  'mutualInformation',
  'totalCorrelation',
  'dimensionWiseKl',
] as const;
export type ConceptTerm = (typeof conceptTerms)[number];

/** The terms that a conceptizer's loss has, with their weights in it. */
export function conceptWeights(config: ConceptizerConfig): Readonly<Partial<Record<ConceptTerm, number>>> {
  if (config.kind === 'identity') return {};
  if (config.kind === 'convolutional') return { reconstruction: 1, sparsity: config.sparsity };
  if (config.objective === 'beta-vae') return { reconstruction: 1, kl: config.beta };
  return { reconstruction: 1, mutualInformation: 1, totalCorrelation: config.beta, dimensionWiseKl: 1 };
}

export interface ConceptLossInput extends Encoding {
  /** `[N, …]`, in the networks' units */
  readonly x: tf.Tensor;
  /** Inputs in the training set. */
  readonly count: number;
  /** Whether the last concept is the constant one, which has no posterior and no sparsity. */
  readonly bias: boolean;
}

/** `[N, K] → [N, K − 1]` where there is a bias. */
function withoutBias(concepts: tf.Tensor2D, bias: boolean): tf.Tensor2D {
  return bias ? tf.slice(concepts, [0, 0], [-1, (concepts.shape[1] as number) - 1]) : concepts;
}

/** The unweighted terms of a conceptizer's loss; each a mean over the batch. */
export function conceptLossTerms(
  config: ConceptizerConfig,
  { x, mean, logVariance, concepts, reconstruction, count, bias }: ConceptLossInput,
): Partial<Record<ConceptTerm, tf.Scalar>> {
  if (config.kind === 'identity') return {};
  const error = reconstructionLosses[config.reconstruction](reconstruction, x);
  const own = (values: tf.Tensor2D) => withoutBias(values, bias);
  if (config.kind === 'convolutional') {
    return { reconstruction: error, sparsity: tf.mean(tf.abs(own(concepts))) };
  }
  const [mu, variance] = [own(mean), own(logVariance as tf.Tensor2D)];
  if (config.objective === 'beta-vae') return { reconstruction: error, kl: klDivergence(mu, variance) };
  return { reconstruction: error, ...decomposeKl(own(concepts), mu, variance, count) };
}
