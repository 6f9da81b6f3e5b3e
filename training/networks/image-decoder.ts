import * as tf from '@tensorflow/tfjs';
import { SennError } from '../../core/errors.ts';
import { sizeOf } from '../../core/tensor.ts';
import type { ActivationName, Convolution, Upwards } from '../config/parts.ts';
import type { InitialWeights } from './initial-weights.ts';
import { activationLayer, denseLayers, denseStack } from './layers.ts';
import type { ImageShape } from './networks.ts';

/** Decoders of images: the encoder's layers backwards, from concepts or latents to pixels. */

/** `[height, width, channels]` of feature maps. */
export type MapShape = readonly [height: number, width: number, channels: number];

export const mapShape = ({ shape }: tf.SymbolicTensor): MapShape => shape.slice(1) as unknown as MapShape;

/** The encoder's convolutions backwards: each enlarges by the stride and pooling that its counterpart shrank by. */
export function mirrored(convolutions: readonly Convolution[]): Upwards {
  const backwards = convolutions.toReversed().map(({ kernel, stride, pool }, i) => ({
    filters: convolutions.at(-2 - i)?.filters ?? 0,
    kernel: Math.max(kernel, stride * pool),
    stride: stride * pool,
    padding: 'same' as const,
    crop: 0,
  }));
  const { filters: _, ...image } = backwards.pop() as (typeof backwards)[number];
  return { hidden: backwards, image };
}

/** What of an encoder its decoder goes by. */
interface Encoder {
  /** Widths of its dense layers. */
  readonly hidden: readonly number[];
  /** Of its last feature maps. */
  readonly maps: MapShape;
  readonly activation: ActivationName;
}

/** Dense layers from concepts to feature maps: `[N, K] → [N, …maps]`; the encoder's backwards where nothing else is said. */
export function denseDecoder(
  { dense, maps: filters }: Upwards,
  { hidden, maps: [height, width, channels], activation }: Encoder,
  initial: InitialWeights,
): tf.layers.Layer[] {
  const maps = [height, width, filters ?? channels];
  return [
    ...denseStack({ name: 'decoder', hidden: dense ?? hidden.toReversed(), activation }, initial),
    ...denseLayers('decoder_unflatten', sizeOf(maps), activation, initial),
    tf.layers.reshape({ name: 'decoder_reshape', targetShape: maps }),
  ];
}

/** Transposed convolutions from feature maps to the image. */
export function imageDecoder(
  { hidden, image }: Upwards,
  [, , channels]: ImageShape,
  activation: ActivationName,
  output: 'sigmoid' | 'linear',
  initial: InitialWeights,
): tf.layers.Layer[] {
  return [...hidden, { ...image, filters: channels }].flatMap(({ filters, kernel, stride, padding, crop }, i) => {
    const name = `decoder_conv${i + 1}`;
    const act = i === hidden.length ? output : activation;
    return [
      tf.layers.conv2dTranspose({
        name,
        filters,
        kernelSize: kernel,
        strides: stride,
        padding,
        kernelInitializer: initial(act === 'sigmoid' ? 'linear' : act),
      }),
      ...(crop === 0
        ? []
        : [
            tf.layers.cropping2D({
              name: `${name}_crop`,
              cropping: [
                [crop, crop],
                [crop, crop],
              ],
            }),
          ]),
      ...activationLayer(name, act),
    ];
  });
}

/** @throws invalid_config where the decoder does not end at the image's shape */
export function checkedShape(decoded: tf.SymbolicTensor, shape: ImageShape): tf.SymbolicTensor {
  const actual = decoded.shape.slice(1);
  if (actual.join() !== shape.join()) {
    throw new SennError(
      'invalid_config',
      `conceptizer: the decoder makes [${actual.join(', ')}], not the image's [${shape.join(', ')}]; change convolutions or decoder`,
    );
  }
  return decoded;
}
