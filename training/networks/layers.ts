import type * as tf from '@tensorflow/tfjs';
import { SennError } from '../../core/errors.ts';
import type { ActivationName, Convolution } from '../config/parts.ts';
import { type ChainLayer, chainLayer } from './chain/layers.ts';
import type { Activation, InitialWeights } from './initial-weights.ts';

/**
 * The stacks of layers that the networks are made of, each from the configuration of a stack. All of them may stand in
 * a chain, which can be differentiated by its input layer by layer (chain/).
 */

/** Applies layers one after the other. @throws invalid_config where one would leave nothing of an image */
export function applyLayers(x: tf.SymbolicTensor, layers: readonly tf.layers.Layer[]): tf.SymbolicTensor {
  return layers.reduce((value, layer) => {
    const shape = layer.computeOutputShape(value.shape) as tf.Shape;
    if (shape.slice(1).every((size) => (size as number) > 0)) return layer.apply(value) as tf.SymbolicTensor;
    const side = value.shape.slice(1).join(' × ');
    throw new SennError(
      'invalid_config',
      `${layer.name}: leaves nothing of ${side}; take a smaller kernel, pool or crop, or fewer convolutions`,
      { layer: layer.name, input: value.shape.slice(1) },
    );
  }, x);
}

/** `[]` for `linear`. */
export function activationLayer(name: string, activation: Activation): ChainLayer[] {
  return activation === 'linear' ? [] : [chainLayer('Activation', { name: `${name}_${activation}`, activation })];
}

/** A dropout layer; `[]` where nothing is dropped. @param noiseShape 1 where a whole axis is dropped as one */
function dropoutLayer(name: string, rate: number, noiseShape?: number[]): ChainLayer[] {
  if (rate === 0) return [];
  return [chainLayer('Dropout', { name: `${name}_dropout`, rate, ...(noiseShape && { noiseShape }) })];
}

/** Fully connected layer `[N, …, F] → [N, …, units]`, then dropout, then its activation. */
export function denseLayers(
  name: string,
  units: number,
  activation: Activation,
  initial: InitialWeights,
  dropout = 0,
): ChainLayer[] {
  return [
    chainLayer('Dense', { name, units, kernelInitializer: initial(activation) }),
    ...dropoutLayer(name, dropout),
    ...activationLayer(name, activation),
  ];
}

/** Convolution, channel dropout, max pooling, activation: `[N, H, W, C] → [N, H′, W′, filters]`. */
export function convolutionLayers(
  name: string,
  { filters, kernel, stride, padding, pool, dropout }: Convolution,
  activation: Activation,
  initial: InitialWeights,
): ChainLayer[] {
  return [
    chainLayer('Conv2D', {
      name,
      filters,
      kernelSize: kernel,
      strides: stride,
      padding,
      kernelInitializer: initial(activation),
    }),
    ...dropoutLayer(name, dropout, [-1, 1, 1, filters]),
    ...(pool === 1 ? [] : [chainLayer('MaxPooling2D', { name: `${name}_pool`, size: pool })]),
    ...activationLayer(name, activation),
  ];
}

export interface ConvolutionStack {
  readonly name: string;
  readonly convolutions: readonly Convolution[];
  readonly hidden: readonly number[];
  readonly activation: ActivationName;
  readonly dropout?: number;
}

/** Dense layers: `[N, F] → [N, hidden.at(-1)]`. */
export function denseStack(
  { name, hidden, activation, dropout }: Omit<ConvolutionStack, 'convolutions'>,
  initial: InitialWeights,
): ChainLayer[] {
  return hidden.flatMap((units, i) => denseLayers(`${name}_dense${i + 1}`, units, activation, initial, dropout));
}

/** Convolutions, then dense layers: `[N, H, W, C] → [N, hidden.at(-1)]`. */
export function convolutionStack(stack: ConvolutionStack, initial: InitialWeights): ChainLayer[] {
  const { name, convolutions, activation } = stack;
  return [
    ...convolutions.flatMap((convolution, i) =>
      convolutionLayers(`${name}_conv${i + 1}`, convolution, activation, initial),
    ),
    chainLayer('Flatten', { name: `${name}_flatten` }),
    ...denseStack(stack, initial),
  ];
}
