import * as tf from '@tensorflow/tfjs';

/**
 * Directional derivative of `loss` by one variable, from the tape and from a central difference along a random unit
 * direction. What the tape drops shows up as a difference of the order of the derivative itself.
 * @param step half the distance between the two points: large enough for float32, small against kinks
 */
export function directionalDerivatives(
  loss: () => tf.Scalar,
  variable: tf.Variable,
  seed: number,
  step = 1e-2,
): { tape: number; difference: number } {
  return tf.tidy(() => {
    const raw = tf.randomNormal(variable.shape, 0, 1, 'float32', seed);
    const direction = tf.div(raw, tf.norm(raw));
    const gradient = tf.variableGrads(loss, [variable]).grads[variable.name] as tf.Tensor;
    const tape = tf.sum(tf.mul(gradient, direction)).dataSync()[0] as number;
    const origin = tf.clone(tf.tensor(variable.dataSync(), variable.shape));
    const at = (distance: number): number => {
      variable.assign(tf.add(origin, tf.mul(direction, distance)));
      return loss().dataSync()[0] as number;
    };
    const difference = (at(step) - at(-step)) / (2 * step);
    variable.assign(origin);
    return { tape, difference };
  });
}
