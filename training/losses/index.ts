import * as tf from '@tensorflow/tfjs';
import type { RandomStream } from '../../core/random.ts';
import type { Config } from '../config/config.ts';
import { encode, forwardPass } from '../networks/forward.ts';
import type { Networks } from '../networks/index.ts';
import { classificationLoss } from './classification.ts';
import { type ConceptTerm, conceptLossTerms, conceptTerms, conceptWeights } from './concept.ts';
import { robustnessLoss } from './robustness.ts';

/** Every term of the loss, unweighted, in the order in which they are reported. */
export const lossTerms = ['loss', 'classification', 'robustness', ...conceptTerms] as const;
export type LossTerm = (typeof lossTerms)[number];

/** Value of each term that was computed. */
export type LossValues = Readonly<Partial<Record<LossTerm, number>> & { loss: number }>;

export type LossConfig = Pick<Config, 'conceptizer' | 'aggregator' | 'robustness' | 'conceptWeight'>;

/** The terms of the loss with their weights in it: `L = L_y + λ·L_θ + ξ·L_h`. A term of weight 0 is left out. */
export function lossWeights({ conceptizer, robustness, conceptWeight }: LossConfig): Partial<Record<LossTerm, number>> {
  const concept = Object.entries(conceptWeights(conceptizer)).map(([term, weight]) => [term, weight * conceptWeight]);
  const all: Record<string, number> = {
    classification: 1,
    robustness: robustness.weight,
    ...Object.fromEntries(concept),
  };
  return Object.fromEntries(Object.entries(all).filter(([, weight]) => weight > 0));
}

/** The loss of pretraining: the conceptizer's own, with another β. */
export function pretrainingWeights({ conceptizer }: LossConfig, beta: number): Partial<Record<LossTerm, number>> {
  return conceptWeights('beta' in conceptizer ? { ...conceptizer, beta } : conceptizer);
}

/** The terms that a loss of these weights reports, in order. */
export function termsOf(weights: Partial<Record<LossTerm, number>>): readonly LossTerm[] {
  return lossTerms.filter((term) => term === 'loss' || weights[term] !== undefined);
}

export interface Batch {
  /** `[N, …]`, in the networks' units */
  readonly x: tf.Tensor;
  /** `[N, C]`, one-hot */
  readonly labels: tf.Tensor2D;
}

export interface LossContext {
  readonly config: LossConfig;
  readonly weights: Partial<Record<LossTerm, number>>;
  /** Inputs in the training set. */
  readonly count: number;
  readonly random: RandomStream;
}

/**
 * The weighted sum of the terms, each a mean over the batch, and the terms themselves. Without a classification term
 * the parameterizer does not run.
 */
export function totalLoss(
  networks: Networks,
  { x, labels }: Batch,
  { config, weights, count, random }: LossContext,
): Partial<Record<LossTerm, tf.Scalar>> & { readonly loss: tf.Scalar } {
  const supervised = weights.classification !== undefined;
  const pass = supervised ? forwardPass(networks, x, random) : undefined;
  const encoding = pass ?? encode(networks, x, random);
  const terms: Partial<Record<LossTerm, tf.Scalar>> = {
    ...(pass && { classification: classificationLoss(pass.logits, labels) }),
    ...(pass && weights.robustness !== undefined && { robustness: robustnessLoss(pass, config.robustness, random) }),
    ...conceptLossTerms(config.conceptizer, { ...encoding, x, count, bias: config.aggregator.bias }),
  };
  const weighted = Object.entries(weights).map(([term, weight]) =>
    tf.mul(terms[term as ConceptTerm] as tf.Scalar, weight),
  );
  return { ...terms, loss: tf.addN(weighted) as tf.Scalar };
}
