import * as tf from '@tensorflow/tfjs';
import type { Golden } from '../../core/golden.ts';
import type { Split } from '../datasets/dataset.ts';
import type { Graphs } from '../kinds/kind.ts';
import { inputRows } from '../loop/batches.ts';
import { aggregate, predictOutputs } from '../networks/forward.ts';
import { toContractLayout } from '../networks/layout.ts';
import type { NamedNetworks } from '../networks/networks.ts';
import { graphsInOrder } from './graphs.ts';

/** `golden.json`: what every runtime is held against. */

function toPlain(t: tf.Tensor): { shape: number[]; data: number[] } {
  return { shape: t.shape, data: Array.from(t.dataSync()) };
}

/**
 * A few inputs and what the networks make of them, in the layout and the units of the model contract: every tensor that
 * a graph takes or gives, by its name, and the logits.
 * @param networks in the contract's units
 */
export function goldenOf(networks: NamedNetworks, graphs: Graphs, split: Split, rows: Int32Array): Golden {
  return tf.tidy(() => {
    const x = inputRows({ split, scaling: undefined }, rows);
    const known = new Map<string, tf.Tensor>([['input', x]]);
    for (const [name, { inputs, outputs }] of graphsInOrder(graphs)) {
      const given = inputs.map((port) => known.get(port) as tf.Tensor);
      predictOutputs(networks[name] as tf.LayersModel, given).forEach((output, i) => {
        known.set(outputs[i] as string, output);
      });
      const [concepts, relevances] = [known.get('concepts'), known.get('relevances')];
      if (concepts !== undefined && relevances !== undefined && !known.has('logits')) {
        known.set('logits', aggregate(concepts as tf.Tensor2D, relevances as tf.Tensor3D));
      }
    }
    return { tensors: Object.fromEntries([...known].map(([name, t]) => [name, toPlain(toContractLayout(t))])) };
  });
}
