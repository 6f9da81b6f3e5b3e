import * as tf from '@tensorflow/tfjs';
import { sizeOf } from '../../../core/tensor.ts';
import type { Conceptizer } from '../shared/conceptizer.ts';

/**
 * h(x) = 1: concepts that know nothing, the control of every audit. What is left is `f(x) = Σ_k θ_k(x)`, a black box of
 * the size of θ. A SENN that is no more accurate than this one has shown nothing for its concepts. The decoder knows
 * nothing either, and gives zeros.
 */
export function ones(shape: readonly number[], concepts: number): Conceptizer {
  const constant = (name: string, units: number, value: number) =>
    tf.layers.dense({
      name,
      units,
      kernelInitializer: 'zeros',
      biasInitializer: tf.initializers.constant({ value }),
      trainable: false,
    });
  const input = tf.input({ shape: [...shape], name: 'input' });
  const flat = shape.length > 1 ? tf.layers.flatten({ name: 'encoder_flatten' }).apply(input) : input;
  const encode = constant('concepts', concepts, 1).apply(flat as tf.SymbolicTensor) as tf.SymbolicTensor;
  const latent = tf.input({ shape: [concepts], name: 'latent' });
  const zeros = constant('decoder_output', sizeOf(shape), 0).apply(latent);
  const decoded = tf.layers.reshape({ name: 'decoder_reshape', targetShape: [...shape] }).apply(zeros);
  return { input, encode, latent, decoded: decoded as tf.SymbolicTensor };
}
