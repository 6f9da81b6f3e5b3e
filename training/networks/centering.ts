import * as tf from '@tensorflow/tfjs';

/** Relevances without what they say of every class alike, which the softmax cannot see, as a layer. */

/** `x − mean(x)` along the last axis: `[N, …, C] → [N, …, C]`, whose sums over C are 0. */
export class Centering extends tf.layers.Layer {
  static className = 'Centering';

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    return tf.tidy(() => centered((Array.isArray(inputs) ? inputs[0] : inputs) as tf.Tensor));
  }
}
tf.serialization.registerClass(Centering);

/** Without its mean along the last axis; a projection, so it is its own pullback. */
export const centered = (x: tf.Tensor): tf.Tensor => tf.sub(x, tf.mean(x, -1, true));
