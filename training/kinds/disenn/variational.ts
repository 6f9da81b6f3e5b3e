import * as tf from '@tensorflow/tfjs';
import { SennError } from '../../../core/errors.ts';
import { sizeOf } from '../../../core/tensor.ts';
import { checkedShape, denseDecoder, imageDecoder, mapShape, mirrored } from '../../networks/image-decoder.ts';
import type { InitialWeights } from '../../networks/initial-weights.ts';
import { activationLayer, applyLayers, convolutionLayers, denseLayers, denseStack } from '../../networks/layers.ts';
import type { ImageShape } from '../../networks/networks.ts';
import type { Conceptizer } from '../shared/conceptizer.ts';
import type { DisennConceptizer } from './config.ts';

/** The variational autoencoders of a DiSENN: encoders that give a posterior, and their decoders. */

type Of<Kind> = Extract<DisennConceptizer, { kind: Kind }>;

/** Mean and log variance of the posterior over K latents, from features: `[N, F] → [N, K], [N, K]`. */
function posterior(
  features: tf.SymbolicTensor,
  concepts: number,
  initial: InitialWeights,
): Pick<Conceptizer, 'encode' | 'logVariance'> {
  const encode = applyLayers(features, denseLayers('concepts', concepts, 'linear', initial));
  const logVariance = applyLayers(features, denseLayers('log_variance', concepts, 'linear', initial));
  return { encode, logVariance };
}

/** A sigmoid gives a probability; squares are taken of any number. */
const outputOf = ({ reconstruction }: Of<'vae' | 'convolutional-vae'>) =>
  reconstruction === 'bernoulli' ? ('sigmoid' as const) : ('linear' as const);

/**
 * A convolutional variational autoencoder: the concepts are the means of the posterior over its latents
 * (Kingma & Welling 2014; β-VAE: Higgins et al. 2017; as concepts: Elbaghdadi et al. 2020, "DiSENN").
 * @throws invalid_config where the convolutions do not divide the image
 */
export function convolutionalVae(
  shape: ImageShape,
  config: Of<'convolutional-vae'>,
  initial: InitialWeights,
): Conceptizer {
  const { concepts, convolutions, hidden, activation } = config;
  const reduction = convolutions.reduce((product, { stride, pool }) => product * stride * pool, 1);
  if (convolutions.some(({ padding }) => padding === 'valid') || shape[0] % reduction > 0 || shape[1] % reduction > 0) {
    throw new SennError(
      'invalid_config',
      `conceptizer.convolutions: must have padding "same" and divide the image ${shape[0]} × ${shape[1]} by ${reduction}, the product of their strides and pools`,
    );
  }
  const input = tf.input({ shape: [...shape], name: 'image' });
  const maps = applyLayers(
    input,
    convolutions.flatMap((convolution, i) =>
      convolutionLayers(`encoder_conv${i + 1}`, convolution, activation, initial),
    ),
  );
  const features = applyLayers(maps, [
    tf.layers.flatten({ name: 'encoder_flatten' }),
    ...denseStack({ name: 'encoder', hidden, activation }, initial),
  ]);
  const latent = tf.input({ shape: [concepts], name: 'latent' });
  const upwards = config.decoder ?? mirrored(convolutions);
  const layers = [
    ...denseDecoder(upwards, { hidden, maps: mapShape(maps), activation }, initial),
    ...imageDecoder(upwards, shape, activation, outputOf(config), initial),
  ];
  return {
    input,
    ...posterior(features, concepts, initial),
    latent,
    decoded: checkedShape(applyLayers(latent, layers), shape),
  };
}

/** A dense variational autoencoder, for images and tables. */
export function denseVae(shape: readonly number[], config: Of<'vae'>, initial: InitialWeights): Conceptizer {
  const { concepts, hidden, activation } = config;
  const input = tf.input({ shape: [...shape], name: 'input' });
  const features = applyLayers(input, [
    ...(shape.length > 1 ? [tf.layers.flatten({ name: 'encoder_flatten' })] : []),
    ...denseStack({ name: 'encoder', hidden, activation }, initial),
  ]);
  const latent = tf.input({ shape: [concepts], name: 'latent' });
  const decoded = applyLayers(latent, [
    ...denseStack({ name: 'decoder', hidden: hidden.toReversed(), activation }, initial),
    ...denseLayers('decoder_output', sizeOf(shape), 'linear', initial),
    ...activationLayer('decoder_output', outputOf(config)),
    ...(shape.length > 1 ? [tf.layers.reshape({ name: 'decoder_reshape', targetShape: [...shape] })] : []),
  ]);
  return { input, ...posterior(features, concepts, initial), latent, decoded };
}
