import * as tf from '@tensorflow/tfjs';
import type { Golden } from '../core/golden.ts';
import { imageRows } from './batches.ts';
import type { Split } from './datasets/index.ts';
import { forwardPass, type Networks } from './networks/index.ts';

const toNchw = (images: tf.Tensor4D): tf.Tensor4D => tf.transpose(images, [0, 3, 1, 2]);

function toPlain(t: tf.Tensor): { shape: number[]; data: number[] } {
  return { shape: t.shape, data: Array.from(t.dataSync()) };
}

/** A few inputs and what the networks make of them, in the layout of the model contract. */
export function goldenOf(networks: Networks, split: Split, rows: Int32Array): Golden {
  return tf.tidy(() => {
    const x = imageRows(split, rows);
    const { mean, logVariance, relevances, logits, reconstruction } = forwardPass(networks, x);
    return {
      tensors: {
        input: toPlain(toNchw(x)),
        concepts: toPlain(mean),
        log_variance: toPlain(logVariance),
        relevances: toPlain(relevances),
        logits: toPlain(logits),
        reconstruction: toPlain(toNchw(reconstruction)),
      },
    };
  });
}
