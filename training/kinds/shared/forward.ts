import * as tf from '@tensorflow/tfjs';
import type { RandomStream } from '../../../core/random.ts';
import type { Reads } from '../../config/theta.ts';
import type { ChainStep } from '../../networks/chain/rules.ts';
import { runChain } from '../../networks/chain/run.ts';
import { aggregate, applyToData } from '../../networks/forward.ts';
import type { Networks } from './networks.ts';
import { BatchStandardization } from './standardization.ts';

/** One pass through the networks of a SENN or a DiSENN, with everything that a loss may read of it. */

export interface Encoding {
  /** `[N, K]`; of a variational conceptizer the posterior mean μ */
  readonly mean: tf.Tensor2D;
  /** `[N, K]`, of a variational conceptizer */
  readonly logVariance: tf.Tensor2D | undefined;
  /** `[N, K]`, h: in training a sample of the posterior where there is one, else its mean */
  readonly concepts: tf.Tensor2D;
  /** `[N, …]` */
  readonly reconstruction: tf.Tensor;
  /** The posterior mean of other inputs, read in the same units: `[M, …] → [M, K]`. */
  readonly read: (x: tf.Tensor) => tf.Tensor2D;
}

export interface Relevances {
  /** `[N, K, C]`, θ */
  readonly relevances: tf.Tensor3D;
  /** `[N, C]` */
  readonly logits: tf.Tensor2D;
  /** `[D·n, K, C] → [D·n, …]`: cotangents of θ, taken back to what θ reads of the first n inputs. */
  readonly pullback: ChainStep['pullback'];
}

export type ForwardPass = Encoding & Relevances;

/** Conceptizer and decoder alone. @param random makes it a pass of training: h is sampled, μ + ε·exp(½ log σ²) */
export function encode(
  { conceptizer, decoder }: Omit<Networks, 'parameterizer'>,
  x: tf.Tensor,
  random?: RandomStream,
): Encoding {
  const batch = random && new BatchStandardization();
  const outputs = (input: tf.Tensor) =>
    applyToData(conceptizer, input, batch && ((layer, value) => batch.apply(layer, value)));
  const [mean, logVariance] = outputs(x) as [tf.Tensor2D, tf.Tensor2D | undefined];
  const sample = (logVariances: tf.Tensor2D, { seed }: RandomStream): tf.Tensor2D => {
    const noise = tf.randomNormal(mean.shape, 0, 1, 'float32', seed());
    return tf.add(mean, tf.mul(noise, tf.exp(tf.mul(logVariances, 0.5))));
  };
  const concepts = logVariance === undefined || random === undefined ? mean : sample(logVariance, random);
  const reconstruction = decoder.apply(concepts) as tf.Tensor;
  return { mean, logVariance, concepts, reconstruction, read: (input) => outputs(input)[0] as tf.Tensor2D };
}

/** What θ is computed from, of what is at hand. */
const readBy: Record<Reads, (parts: { x: tf.Tensor; concepts: tf.Tensor2D; reconstruction: tf.Tensor }) => tf.Tensor> =
  {
    input: ({ x }) => x,
    concepts: ({ concepts }) => concepts,
    reconstruction: ({ reconstruction }) => reconstruction,
  };

/** θ of one pass, and the logits. @param random drops, as training does */
export function relevancesOf(
  { parameterizer }: Pick<Networks, 'parameterizer'>,
  parts: { readonly x: tf.Tensor; readonly concepts: tf.Tensor2D; readonly reconstruction: tf.Tensor },
  reads: Reads,
  random?: RandomStream,
): Relevances {
  const { output, pullback } = runChain(parameterizer, readBy[reads](parts), random);
  const relevances = output as tf.Tensor3D;
  return { relevances, logits: aggregate(parts.concepts, relevances), pullback };
}

/**
 * One pass through all three networks; without `random` it is one of evaluation: h = μ, nothing is dropped.
 * @param x `[N, …]`, in the networks' units
 */
export function forwardPass(networks: Networks, x: tf.Tensor, reads: Reads, random?: RandomStream): ForwardPass {
  const encoding = encode(networks, x, random);
  return { ...encoding, ...relevancesOf(networks, { ...encoding, x }, reads, random) };
}

/** The concepts but the constant one: `[N, K] → [N, K − 1]` where there is a bias. */
export function withoutBias(concepts: tf.Tensor2D, bias: boolean): tf.Tensor2D {
  return bias ? tf.slice(concepts, [0, 0], [-1, (concepts.shape[1] as number) - 1]) : concepts;
}
