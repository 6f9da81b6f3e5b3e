import * as tf from '@tensorflow/tfjs';

/** The first n of N, which may be all: `[N, …] → [n, …]`. */
export function head<T extends tf.Tensor>(values: T, n: number): T {
  return n === values.shape[0] ? values : tf.slice(values, 0, n);
}

/** Multiplies every one of D directions with the same values: `[D·N, …] × [N, …] → [D·N, …]`. */
export function scaleDirections<T extends tf.Tensor>(directions: T, values: tf.Tensor): T {
  if (directions.shape[0] === values.shape[0]) return tf.mul(directions, values);
  const flat = tf.mul(tf.reshape(directions, [-1, values.size]), tf.reshape(values, [1, values.size]));
  return tf.reshape(flat, directions.shape) as T;
}
