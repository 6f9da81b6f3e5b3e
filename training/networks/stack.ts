import * as tf from '@tensorflow/tfjs';
import type { activationNames } from '../config.ts';
import type { RandomStream } from '../random.ts';

export type ActivationName = (typeof activationNames)[number];

/** Kernel and stride of every convolution here: each one halves height and width. */
export const KERNEL_SIZE = 4;
export const STRIDE = 2;

export interface Stack {
  readonly name: string;
  readonly filters: readonly number[];
  readonly hidden: readonly number[];
  readonly activation: ActivationName;
}

/** A seeded initialiser that keeps the variance through the activation (He et al. 2015; Glorot & Bengio 2010). */
export function kernelInitializer(
  activation: ActivationName | 'linear',
  random: RandomStream,
): ReturnType<typeof tf.initializers.heNormal> {
  const seed = random.seed();
  return activation === 'relu' ? tf.initializers.heNormal({ seed }) : tf.initializers.glorotUniform({ seed });
}

/** Fully connected layer `[N, …] → [N, units]`. */
export function dense(
  name: string,
  units: number,
  activation: ActivationName | 'linear',
  random: RandomStream,
): tf.layers.Layer {
  return tf.layers.dense({ name, units, activation, kernelInitializer: kernelInitializer(activation, random) });
}

/** Convolutions that halve height and width, then dense layers: `[N, H, W, C] → [N, hidden.at(-1)]`. */
export function convolutionStack(
  image: tf.SymbolicTensor,
  { name, filters, hidden, activation }: Stack,
  random: RandomStream,
): tf.SymbolicTensor {
  let x = image;
  filters.forEach((channels, i) => {
    x = tf.layers
      .conv2d({
        name: `${name}_conv${i + 1}`,
        filters: channels,
        kernelSize: KERNEL_SIZE,
        strides: STRIDE,
        padding: 'same',
        activation,
        kernelInitializer: kernelInitializer(activation, random),
      })
      .apply(x) as tf.SymbolicTensor;
  });
  x = tf.layers.flatten({ name: `${name}_flatten` }).apply(x) as tf.SymbolicTensor;
  hidden.forEach((units, i) => {
    x = dense(`${name}_dense${i + 1}`, units, activation, random).apply(x) as tf.SymbolicTensor;
  });
  return x;
}
