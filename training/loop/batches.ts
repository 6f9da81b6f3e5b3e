import * as tf from '@tensorflow/tfjs';
import type { Split } from '../datasets/dataset.ts';
import type { Batch } from '../losses/index.ts';
import type { FeatureScaling } from '../networks/feature-scaling.ts';

/** Row indices cut into batches; the last one may be smaller and is never dropped. */
export function* batchesOf(order: Int32Array, size: number): Generator<Int32Array> {
  for (let start = 0; start < order.length; start += size) yield order.subarray(start, start + size);
}

/** All row indices of a split, in order. */
export function inOrder(count: number): Int32Array {
  return Int32Array.from({ length: count }, (_, i) => i);
}

/** Where batches come from: the rows of a split, scaled as the networks take them. */
export interface Feed {
  readonly split: Split;
  readonly classes: number;
  readonly scaling: FeatureScaling | undefined;
}

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

/** One-hot labels of rows of a split: `[n, classes]`. The caller disposes it. */
export function labelRows({ labels }: Split, rows: Int32Array, classes: number): tf.Tensor2D {
  const values = new Float32Array(rows.length * classes);
  rows.forEach((row, i) => {
    values[i * classes + (labels[row] as number)] = 1;
  });
  return tf.tensor2d(values, [rows.length, classes]);
}

/** Changes inputs in place, `[n, …]` in the contract's layout. */
export type Augment = (values: Float32Array) => void;

/** Inputs of some rows, in the networks' layout and units: `[n, …]`. The caller disposes it. */
export function inputRows({ split, scaling }: Omit<Feed, 'classes'>, rows: Int32Array, augment?: Augment): tf.Tensor {
  const values = split.gather(rows);
  augment?.(values);
  const x = toNetworkLayout(values, [rows.length, ...split.shape.slice(1)]);
  return scaling === undefined ? x : tf.tidy(() => scaling.call(x));
}

/** Inputs and labels of some rows. The caller disposes them. */
export function batchOf(feed: Feed, rows: Int32Array, augment?: Augment): Batch {
  return { x: inputRows(feed, rows, augment), labels: labelRows(feed.split, rows, feed.classes) };
}
