import * as tf from '@tensorflow/tfjs';
import type { Config } from '../config.ts';
import type { RandomStream } from '../random.ts';
import type { ImageShape } from './conceptizer.ts';
import { convolutionStack, dense } from './stack.ts';

/** θ as a convolutional network: `[N, H, W, C] → [N, K, classes]`, logits per concept unit. */
export function convolutionalParameterizer(
  shape: ImageShape,
  concepts: number,
  classes: number,
  { filters, hidden, activation }: Config['parameterizer'],
  random: RandomStream,
): tf.LayersModel {
  const image = tf.input({ shape: [...shape], name: 'image' });
  const features = convolutionStack(image, { name: 'parameterizer', filters, hidden, activation }, random);
  const flat = dense('relevances_flat', concepts * classes, 'linear', random).apply(features);
  const relevances = tf.layers
    .reshape({ name: 'relevances', targetShape: [concepts, classes] })
    .apply(flat) as tf.SymbolicTensor;
  return tf.model({ name: 'parameterizer', inputs: image, outputs: relevances });
}
