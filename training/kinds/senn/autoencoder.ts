import * as tf from '@tensorflow/tfjs';
import { SennError } from '../../../core/errors.ts';
import {
  checkedShape,
  denseDecoder,
  imageDecoder,
  type MapShape,
  mapShape,
  mirrored,
} from '../../networks/image-decoder.ts';
import type { InitialWeights } from '../../networks/initial-weights.ts';
import { applyLayers, convolutionLayers, denseLayers, denseStack } from '../../networks/layers.ts';
import type { ImageShape } from '../../networks/networks.ts';
import type { Conceptizer } from '../shared/conceptizer.ts';
import type { SennConceptizer } from './config.ts';

/** The convolutional autoencoder of a SENN, with two ways from feature maps to concepts. */

type Config = Extract<SennConceptizer, { kind: 'convolutional' }>;

/** Each feature map through its own linear map to one concept: `[N, H, W, K] → [N, K]`. */
function channelHead([height, width, concepts]: MapShape, initial: InitialWeights): tf.layers.Layer[] {
  return [
    tf.layers.depthwiseConv2d({
      name: 'concepts_channel',
      kernelSize: [height, width],
      padding: 'valid',
      depthwiseInitializer: initial('linear', concepts),
    }),
    tf.layers.flatten({ name: 'concepts' }),
  ];
}

/** Each concept through one shared linear map to a feature map of its own: `[N, K] → [N, H, W, K]`. */
function channelSpread([height, width, concepts]: MapShape, initial: InitialWeights): tf.layers.Layer[] {
  return [
    tf.layers.reshape({ name: 'decoder_column', targetShape: [concepts, 1] }),
    tf.layers.dense({
      name: 'decoder_spread',
      units: height * width,
      kernelInitializer: initial('linear'),
    }),
    tf.layers.permute({ name: 'decoder_permute', dims: [2, 1] }),
    tf.layers.reshape({ name: 'decoder_maps', targetShape: [height, width, concepts] }),
  ];
}

/**
 * A convolutional autoencoder with a sparse code as concepts (Alvarez-Melis & Jaakkola 2018, §3.2). Its squared error
 * is in the networks' own units, which may be negative, so that then the decoder's output is linear.
 * @throws invalid_config where the sizes do not fit
 */
export function autoencoder(shape: ImageShape, config: Config, initial: InitialWeights): Conceptizer {
  const { concepts, convolutions, hidden, head, activation } = config;
  const image = tf.input({ shape: [...shape], name: 'image' });
  const last = convolutions.at(-1);
  if (head === 'channel' && (last?.filters !== concepts || hidden.length > 0)) {
    throw new SennError(
      'invalid_config',
      `conceptizer.head: "channel" needs as many filters in the last convolution as concepts (${concepts}, not ${last?.filters}) and no hidden layers (not ${hidden.length})`,
    );
  }
  const maps = applyLayers(
    image,
    convolutions.flatMap((convolution, i) =>
      convolutionLayers(`encoder_conv${i + 1}`, convolution, activation, initial),
    ),
  );
  const small = mapShape(maps);
  const encoder =
    head === 'channel'
      ? channelHead(small, initial)
      : [
          tf.layers.flatten({ name: 'encoder_flatten' }),
          ...denseStack({ name: 'encoder', hidden, activation }, initial),
          ...denseLayers('concepts', concepts, 'linear', initial),
        ];
  const output = config.reconstruction === 'bernoulli' ? 'sigmoid' : 'linear';
  const upwards = config.decoder ?? mirrored(convolutions);
  if (head === 'channel' && (upwards.dense !== undefined || upwards.maps !== undefined)) {
    throw new SennError(
      'invalid_config',
      'conceptizer.decoder: "dense" and "maps" do not go with head "channel", where each concept is spread over a map of its own',
    );
  }
  const start =
    head === 'channel'
      ? channelSpread(small, initial)
      : denseDecoder(upwards, { hidden, maps: small, activation }, initial);
  const decoder = [...start, ...imageDecoder(upwards, shape, activation, output, initial)];
  const latent = tf.input({ shape: [concepts], name: 'latent' });
  return {
    encode: applyLayers(maps, encoder),
    input: image,
    latent,
    decoded: checkedShape(applyLayers(latent, decoder), shape),
  };
}
