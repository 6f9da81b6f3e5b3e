import * as tf from '@tensorflow/tfjs';
import type { RandomStream } from '../../../core/random.ts';
import type { ChainStep } from '../../networks/chain/rules.ts';
import { runChain } from '../../networks/chain/run.ts';
import { aggregate, applyToData } from '../../networks/forward.ts';
import type { Networks } from './networks.ts';

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
}

export interface ForwardPass extends Encoding {
  /** `[N, K, C]`, θ */
  readonly relevances: tf.Tensor3D;
  /** `[N, C]` */
  readonly logits: tf.Tensor2D;
  /** `[D·n, K, C] → [D·n, …]`: cotangents of θ, taken back to the first n inputs. */
  readonly pullback: ChainStep['pullback'];
}

/** Conceptizer and decoder alone. @param random makes it a pass of training: h is sampled, μ + ε·exp(½ log σ²) */
export function encode(
  { conceptizer, decoder }: Omit<Networks, 'parameterizer'>,
  x: tf.Tensor,
  random?: RandomStream,
): Encoding {
  const [mean, logVariance] = applyToData(conceptizer, x) as [tf.Tensor2D, tf.Tensor2D | undefined];
  const sample = (logVariances: tf.Tensor2D, { seed }: RandomStream): tf.Tensor2D => {
    const noise = tf.randomNormal(mean.shape, 0, 1, 'float32', seed());
    return tf.add(mean, tf.mul(noise, tf.exp(tf.mul(logVariances, 0.5))));
  };
  const concepts = logVariance === undefined || random === undefined ? mean : sample(logVariance, random);
  const reconstruction = decoder.apply(concepts) as tf.Tensor;
  return { mean, logVariance, concepts, reconstruction };
}

/**
 * One pass through all three networks; without `random` it is one of evaluation: h = μ, nothing is dropped.
 * @param x `[N, …]`, in the networks' units
 */
export function forwardPass(networks: Networks, x: tf.Tensor, random?: RandomStream): ForwardPass {
  const encoding = encode(networks, x, random);
  const { output, pullback } = runChain(networks.parameterizer, x, random);
  const relevances = output as tf.Tensor3D;
  return { ...encoding, relevances, logits: aggregate(encoding.concepts, relevances), pullback };
}

/** The concepts but the constant one: `[N, K] → [N, K − 1]` where there is a bias. */
export function withoutBias(concepts: tf.Tensor2D, bias: boolean): tf.Tensor2D {
  return bias ? tf.slice(concepts, [0, 0], [-1, (concepts.shape[1] as number) - 1]) : concepts;
}
