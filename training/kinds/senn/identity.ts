import * as tf from '@tensorflow/tfjs';
import { SennError } from '../../../core/errors.ts';
import type { Conceptizer } from '../shared/conceptizer.ts';

/** h(x) = x: the features are the concepts, and decoding does nothing. @throws invalid_config where the data are images */
export function identity(shape: readonly number[]): Conceptizer {
  if (shape.length !== 1) {
    throw new SennError('invalid_config', 'conceptizer.kind: "identity" needs a table; the data are images');
  }
  const pass = (name: string, input: tf.SymbolicTensor) =>
    tf.layers.activation({ name, activation: 'linear' }).apply(input) as tf.SymbolicTensor;
  const input = tf.input({ shape: [...shape], name: 'input' });
  const latent = tf.input({ shape: [...shape], name: 'latent' });
  return { input, encode: pass('concepts', input), latent, decoded: pass('decoder_output', latent) };
}
