import * as tf from '@tensorflow/tfjs';
import type { Split } from '../datasets/dataset.ts';
import type { Batch } from '../losses/terms.ts';
import type { FeatureScaling } from '../networks/feature-scaling.ts';
import { toNetworkLayout } from '../networks/layout.ts';

/** Rows of a split as tensors, batch by batch. */

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
