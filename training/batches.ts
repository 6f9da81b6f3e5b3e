import * as tf from '@tensorflow/tfjs';
import { sizeOf } from '../core/tensor.ts';
import type { Split } from './datasets/index.ts';

/** Row indices cut into batches; the last one may be smaller and is never dropped. */
export function* batchesOf(order: Int32Array, size: number): Generator<Int32Array> {
  for (let start = 0; start < order.length; start += size) yield order.subarray(start, start + size);
}

/** All row indices of a split, in order. */
export function inOrder(count: number): Int32Array {
  return Int32Array.from({ length: count }, (_, i) => i);
}

/** The values of some rows of a split, one after the other. */
export function gatherRows({ inputs }: Split, rows: Int32Array): Float32Array {
  const width = sizeOf(inputs.shape.slice(1));
  const values = new Float32Array(rows.length * width);
  rows.forEach((row, i) => {
    values.set(inputs.data.subarray(row * width, (row + 1) * width), i * width);
  });
  return values;
}

/**
 * Rows of a split as tfjs takes images: `[N, C, H, W]` → `[n, H, W, C]`. The caller disposes it.
 */
export function imageRows(split: Split, rows: Int32Array): tf.Tensor4D {
  const [, C = 0, H = 0, W = 0] = split.inputs.shape;
  const values = gatherRows(split, rows);
  if (C === 1) return tf.tensor4d(values, [rows.length, H, W, 1]);
  return tf.tidy(() => tf.transpose(tf.tensor4d(values, [rows.length, C, H, W]), [0, 2, 3, 1]));
}

/** One-hot labels of rows of a split: `[n, classes]`. The caller disposes it. */
export function labelRows({ labels }: Split, rows: Int32Array, classes: number): tf.Tensor2D {
  const values = new Float32Array(rows.length * classes);
  rows.forEach((row, i) => {
    values[i * classes + (labels[row] as number)] = 1;
  });
  return tf.tensor2d(values, [rows.length, classes]);
}
