import * as tf from '@tensorflow/tfjs';

/** What every loss is made of, whatever the kind of model: terms by name, their weights, and their weighted sum. */

/** Inputs to learn from. */
export interface Batch {
  /** `[N, …]`, in the networks' units */
  readonly x: tf.Tensor;
  /** `[N, C]`, one-hot */
  readonly labels: tf.Tensor2D;
}

/** Weight of each term in the loss; a term that is not here is left out. */
export type LossWeights = Readonly<Partial<Record<string, number>>>;

/** The terms as they were computed, unweighted, and their weighted sum. */
export type Terms = Readonly<Partial<Record<string, tf.Scalar>>> & { readonly loss: tf.Scalar };

/** The same as numbers. */
export type LossValues = Readonly<Partial<Record<string, number>> & { loss: number }>;

/** The weights that are more than nothing: a term that weighs nothing is not computed, and not reported as 0. */
export function effective(weights: LossWeights): LossWeights {
  return Object.fromEntries(Object.entries(weights).filter(([, weight]) => weight !== undefined && weight > 0));
}

/** The names that a loss of these weights reports, the loss first. @param order every term of the kind, in its order */
export function termsOf(weights: LossWeights, order: readonly string[]): readonly string[] {
  return ['loss', ...order.filter((term) => weights[term] !== undefined)];
}

/** Terms and their weighted sum. @param terms each a mean over the batch; at least those that have a weight */
export function withSum(terms: Readonly<Partial<Record<string, tf.Scalar>>>, weights: LossWeights): Terms {
  const weighted = Object.entries(weights).map(([term, weight]) => tf.mul(terms[term] as tf.Scalar, weight as number));
  return { ...terms, loss: tf.addN(weighted) as tf.Scalar };
}
