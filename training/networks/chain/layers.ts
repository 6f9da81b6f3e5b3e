import * as tf from '@tensorflow/tfjs';
import type { ActivationName } from '../../config/parts.ts';
import { Centering } from '../centering.ts';

/**
 * The layers that a chain is made of: those that have a pullback (rules.ts). A network that must be a chain takes only
 * these, so that a layer without a rule does not compile. Every one that has weights is linear, and its activation is a
 * layer of its own, so that the chain can be taken back layer by layer.
 */

declare const chained: unique symbol;

/** A layer of tfjs that has a pullback. */
export type ChainLayer = tf.layers.Layer & { readonly [chained]: ChainLayerName };

/** A LayersModel that is one chain of such layers behind its input. */
export type Chain = tf.LayersModel & { readonly [chained]: 'chain' };

type DenseConfig = Pick<Parameters<typeof tf.layers.dense>[0], 'name' | 'units' | 'kernelInitializer'>;
type ConvolutionConfig = Pick<
  Parameters<typeof tf.layers.conv2d>[0],
  'name' | 'filters' | 'kernelSize' | 'kernelInitializer'
> & { readonly strides: number; readonly padding: 'same' | 'valid' };

/** How each is made, by its class. What a rule could not take back, as an activation inside, cannot be asked for. */
const factories = {
  Activation: (config: { readonly name: string; readonly activation: ActivationName }) => tf.layers.activation(config),
  Centering: (config: { readonly name: string }) => new Centering(config),
  Conv2D: (config: ConvolutionConfig) => tf.layers.conv2d(config),
  Dense: (config: DenseConfig) => tf.layers.dense(config),
  /** @param config noiseShape: 1 where a whole axis is dropped as one */
  Dropout: (config: { readonly name: string; readonly rate: number; readonly noiseShape?: number[] }) =>
    tf.layers.dropout(config),
  Flatten: (config: { readonly name: string }) => tf.layers.flatten(config),
  /** Windows of `size`², which neither overlap nor pad. */
  MaxPooling2D: ({ name, size }: { readonly name: string; readonly size: number }) =>
    tf.layers.maxPooling2d({ name, poolSize: size, strides: size }),
  Reshape: (config: { readonly name: string; readonly targetShape: number[] }) => tf.layers.reshape(config),
};

export type ChainLayerName = keyof typeof factories;

/** A layer of a chain. @param className as tfjs calls it */
export function chainLayer<Name extends ChainLayerName>(
  className: Name,
  config: Parameters<(typeof factories)[Name]>[0],
): ChainLayer {
  const make = factories[className] as (config: Parameters<(typeof factories)[Name]>[0]) => tf.layers.Layer;
  return make(config) as ChainLayer;
}

/** A model of these layers behind an input. @param apply calls one layer after the other */
export function chainOf(
  name: string,
  inputs: tf.SymbolicTensor,
  layers: readonly ChainLayer[],
  apply: (x: tf.SymbolicTensor, layers: readonly ChainLayer[]) => tf.SymbolicTensor,
): Chain {
  return tf.model({ name, inputs, outputs: apply(inputs, layers) }) as Chain;
}
