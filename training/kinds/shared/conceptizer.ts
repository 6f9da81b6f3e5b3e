import * as tf from '@tensorflow/tfjs';
import { SennError } from '../../../core/errors.ts';
import type { ImageShape } from '../../networks/networks.ts';

/** h and its decoder before they are LayersModels, and what both kinds do with them. */

/** h and its decoder, as symbolic tensors. */
export interface Conceptizer {
  /** `[N, …shape]` */
  readonly input: tf.SymbolicTensor;
  /** `[N, K]`; of a variational one the mean of the posterior */
  readonly encode: tf.SymbolicTensor;
  /** `[N, K]`, of a variational one */
  readonly logVariance?: tf.SymbolicTensor;
  /** `[N, K]`, the decoder's input */
  readonly latent: tf.SymbolicTensor;
  /** `[N, …shape]` */
  readonly decoded: tf.SymbolicTensor;
}

/** @throws invalid_config where the data are no images */
export function imageShape(shape: readonly number[], kind: string): ImageShape {
  if (shape.length !== 3) {
    throw new SennError('invalid_config', `conceptizer.kind: "${kind}" needs images; the data are tables`);
  }
  return shape as unknown as ImageShape;
}

/** `[N, F]` with one more column, which is constant: `[N, F + 1]`. */
function withConstant(name: string, value: number, x: tf.SymbolicTensor): tf.SymbolicTensor {
  const constant = tf.layers.dense({
    name: `${name}_constant`,
    units: 1,
    kernelInitializer: 'zeros',
    biasInitializer: tf.initializers.constant({ value }),
    trainable: false,
  });
  return tf.layers.concatenate({ name }).apply([x, constant.apply(x) as tf.SymbolicTensor]) as tf.SymbolicTensor;
}

/** `[N, F + 1] → [N, F]`: all columns but the last. */
function withoutLast(name: string, x: tf.SymbolicTensor): tf.SymbolicTensor {
  const columns = x.shape[1] as number;
  const layer = tf.layers.dense({ name, units: columns - 1, useBias: false, trainable: false });
  const output = layer.apply(x) as tf.SymbolicTensor;
  tf.tidy(() => layer.setWeights([tf.eye(columns, columns - 1)]));
  return output;
}

/** The log variance that stands for none at all: e⁻²⁰. */
const NO_VARIANCE = -20;

/** h with a last concept that is always 1, so that its relevances are the bias of the logits. */
export function withBias({ input, encode, logVariance, latent, decoded }: Conceptizer): Conceptizer {
  const whole = tf.input({ shape: [(latent.shape[1] as number) + 1], name: 'latent_bias' });
  const decoder = tf.model({ inputs: latent, outputs: decoded });
  return {
    input,
    encode: withConstant('concepts_bias', 1, encode),
    ...(logVariance && { logVariance: withConstant('log_variance_bias', NO_VARIANCE, logVariance) }),
    latent: whole,
    decoded: decoder.layers
      .slice(1)
      .reduce((x, layer) => layer.apply(x) as tf.SymbolicTensor, withoutLast('latent', whole)),
  };
}
