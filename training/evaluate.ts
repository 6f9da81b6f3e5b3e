import * as tf from '@tensorflow/tfjs';
import { batchSize, type Tensor } from '../core/tensor.ts';
import { batchesOf, imageRows, inOrder, labelRows } from './batches.ts';
import type { Split } from './datasets/index.ts';
import { classificationLoss } from './losses/classification.ts';
import { klDivergence, reconstructionLoss } from './losses/variational.ts';
import { forwardPass, type Networks } from './networks/index.ts';

const EVALUATION_BATCH = 500;

export interface Evaluation {
  /** Share of inputs classified right. */
  readonly accuracy: number;
  /** Cross-entropy, nats. */
  readonly classification: number;
  /** Nats an image, from the posterior mean. */
  readonly reconstruction: number;
  /** Nats an image. */
  readonly kl: number;
}

/** Figures over every input of a split, with h = μ (no sampling). */
export function evaluate(networks: Networks, split: Split, classes: number): Evaluation {
  const totals = { classification: 0, reconstruction: 0, kl: 0 };
  const count = batchSize(split.inputs);
  let right = 0;
  for (const rows of batchesOf(inOrder(count), EVALUATION_BATCH)) {
    const figures = tf.tidy(() => {
      const x = imageRows(split, rows);
      const labels = labelRows(split, rows, classes);
      const { mean, logVariance, logits, reconstruction } = forwardPass(networks, x);
      const correct = tf.sum(tf.cast(tf.equal(tf.argMax(logits, 1), tf.argMax(labels, 1)), 'float32'));
      return tf
        .stack([
          correct,
          classificationLoss(logits, labels),
          reconstructionLoss(reconstruction, x),
          klDivergence(mean, logVariance),
        ])
        .dataSync();
    });
    const share = rows.length / count;
    right += figures[0] as number;
    totals.classification += (figures[1] as number) * share;
    totals.reconstruction += (figures[2] as number) * share;
    totals.kl += (figures[3] as number) * share;
  }
  return { accuracy: right / count, ...totals };
}

/** Concept activations of every input of a split: `[N, K]`. */
export function conceptActivations({ conceptizer }: Networks, split: Split): Tensor {
  const count = batchSize(split.inputs);
  const K = (conceptizer.outputs[0] as tf.SymbolicTensor).shape[1] as number;
  const data = new Float32Array(count * K);
  let offset = 0;
  for (const rows of batchesOf(inOrder(count), EVALUATION_BATCH)) {
    const values = tf.tidy(() => {
      const [mean] = conceptizer.predictOnBatch(imageRows(split, rows)) as tf.Tensor[];
      return (mean as tf.Tensor).dataSync<'float32'>();
    });
    data.set(values, offset);
    offset += values.length;
  }
  return { shape: [count, K], data };
}
