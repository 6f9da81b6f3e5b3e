import * as tf from '@tensorflow/tfjs';

/**
 * What `compute` gives, as a constant of the tape: nothing flows back through it. tfjs has no such op; a custom gradient
 * of an input that no variable reaches is one, because the ops inside are not recorded. What an op outside gave already
 * is on the tape, and stays on it.
 */
export function constant<T extends tf.Tensor>(compute: () => T): T {
  const detached = tf.customGrad<T>((unused) => ({
    value: compute(),
    gradFunc: () => tf.zerosLike(unused as tf.Tensor),
  }));
  return detached(tf.scalar(0));
}
