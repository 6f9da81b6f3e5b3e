import * as tf from '@tensorflow/tfjs';
import { SennError } from '../../core/errors.ts';
import type { Config } from '../config.ts';
import type { RandomStream } from '../random.ts';
import { convolutionStack, dense, KERNEL_SIZE, kernelInitializer, STRIDE } from './stack.ts';

export type ImageShape = readonly [height: number, width: number, channels: number];

export interface Conceptizer {
  /** `[N, H, W, C] → [[N, K] mean, [N, K] log variance]` */
  readonly encoder: tf.LayersModel;
  /** `[N, K] → [N, H, W, C]`, in the units of the input */
  readonly decoder: tf.LayersModel;
}

/**
 * A convolutional variational autoencoder: the concepts are the means of the posterior over its latents
 * (Kingma & Welling 2014; β-VAE: Higgins et al. 2017; as concepts: Elbaghdadi et al. 2020, "DiSENN").
 * @throws invalid_config where the convolutions do not divide the image
 */
export function convolutionalVae(
  [height, width, channels]: ImageShape,
  config: Config['conceptizer'],
  random: RandomStream,
): Conceptizer {
  const { concepts, filters, hidden, activation } = config;
  const reduction = STRIDE ** filters.length;
  if (height % reduction !== 0 || width % reduction !== 0) {
    throw new SennError(
      'invalid_config',
      `conceptizer.filters: ${filters.length} convolutions of stride ${STRIDE} must divide the image ${height} × ${width} by ${reduction}`,
    );
  }
  const image = tf.input({ shape: [height, width, channels], name: 'image' });
  const features = convolutionStack(image, { name: 'encoder', filters, hidden, activation }, random);
  const mean = dense('concepts', concepts, 'linear', random).apply(features) as tf.SymbolicTensor;
  const logVariance = dense('log_variance', concepts, 'linear', random).apply(features) as tf.SymbolicTensor;
  const encoder = tf.model({ name: 'conceptizer', inputs: image, outputs: [mean, logVariance] });

  const latent = tf.input({ shape: [concepts], name: 'latent' });
  const small: [number, number, number] = [height / reduction, width / reduction, filters.at(-1) as number];
  let x: tf.SymbolicTensor = latent;
  hidden.toReversed().forEach((units, i) => {
    x = dense(`decoder_dense${i + 1}`, units, activation, random).apply(x) as tf.SymbolicTensor;
  });
  x = dense('decoder_unflatten', small[0] * small[1] * small[2], activation, random).apply(x) as tf.SymbolicTensor;
  x = tf.layers.reshape({ name: 'decoder_reshape', targetShape: small }).apply(x) as tf.SymbolicTensor;
  const outputs = [...filters.slice(0, -1).toReversed(), channels];
  outputs.forEach((filtersOut, i) => {
    const last = i === outputs.length - 1;
    x = tf.layers
      .conv2dTranspose({
        name: `decoder_conv${i + 1}`,
        filters: filtersOut,
        kernelSize: KERNEL_SIZE,
        strides: STRIDE,
        padding: 'same',
        activation: last ? 'sigmoid' : activation,
        kernelInitializer: kernelInitializer(last ? 'linear' : activation, random),
      })
      .apply(x) as tf.SymbolicTensor;
  });
  return { encoder, decoder: tf.model({ name: 'decoder', inputs: latent, outputs: x }) };
}
