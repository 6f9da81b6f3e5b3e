import * as tf from '@tensorflow/tfjs';

/** Between the axes of the model contract, where channels come first, and those of tfjs, where they come last. */

/** Images `[n, C, H, W]` → `[n, H, W, C]`; tables stay as they are. */
export function toNetworkLayout(values: Float32Array, [n = 0, ...rest]: readonly number[]): tf.Tensor {
  const [C = 0, H = 0, W = 0] = rest;
  if (rest.length !== 3) return tf.tensor(values, [n, ...rest]);
  if (C === 1) return tf.tensor4d(values, [n, H, W, 1]);
  return tf.tidy(() => tf.transpose(tf.tensor4d(values, [n, C, H, W]), [0, 2, 3, 1]));
}

/** The inverse of `toNetworkLayout`. */
export function toContractLayout(x: tf.Tensor): tf.Tensor {
  return x.rank === 4 ? tf.transpose(x, [0, 3, 1, 2]) : x;
}
