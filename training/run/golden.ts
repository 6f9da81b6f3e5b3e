import * as tf from '@tensorflow/tfjs';
import type { Golden } from '../../core/golden.ts';
import type { Split } from '../datasets/dataset.ts';
import { inputRows, toContractLayout } from '../loop/batches.ts';
import { aggregate, predictOutputs } from '../networks/forward.ts';
import type { Networks } from '../networks/index.ts';

function toPlain(t: tf.Tensor): { shape: number[]; data: number[] } {
  return { shape: t.shape, data: Array.from(t.dataSync()) };
}

/** A few inputs and what the networks make of them, in the layout and the units of the model contract. */
export function goldenOf(networks: Networks, split: Split, rows: Int32Array): Golden {
  return tf.tidy(() => {
    const x = inputRows({ split, scaling: undefined }, rows);
    const [concepts, logVariance] = predictOutputs(networks.conceptizer, x) as [tf.Tensor2D, tf.Tensor2D | undefined];
    const [relevances] = predictOutputs(networks.parameterizer, x) as [tf.Tensor3D];
    const [reconstruction] = predictOutputs(networks.decoder, concepts) as [tf.Tensor];
    return {
      tensors: {
        input: toPlain(toContractLayout(x)),
        concepts: toPlain(concepts),
        ...(logVariance && { log_variance: toPlain(logVariance) }),
        relevances: toPlain(relevances),
        logits: toPlain(aggregate(concepts, relevances)),
        reconstruction: toPlain(toContractLayout(reconstruction)),
      },
    };
  });
}
