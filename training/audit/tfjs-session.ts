import * as tf from '@tensorflow/tfjs';
import { SennError } from '../../core/errors.ts';
import type { Ports } from '../../core/graphs.ts';
import type { GraphName } from '../../core/manifest.ts';
import type { Sessions } from '../../core/predictor.ts';
import type { Session } from '../../core/session.ts';
import { batchSize, type Tensor } from '../../core/tensor.ts';
import type { Graphs } from '../kinds/kind.ts';
import { predictOutputs } from '../networks/forward.ts';
import { toContractLayout, toNetworkLayout } from '../networks/layout.ts';
import type { NamedNetworks } from '../networks/networks.ts';

/**
 * The session port of core over tfjs: predictor, metrics and attributions run on what is being trained, without an
 * export and without ONNX Runtime.
 */

/** Shape of an output without the batch, in the contract's layout. */
function contractShape([, ...shape]: tf.Shape): number[] {
  const [H, W, C] = shape as number[];
  return shape.length === 3 ? ([C, H, W] as number[]) : (shape as number[]);
}

/**
 * A LayersModel as a session. Tensors pass in the layout and the units of the model contract.
 * @param model takes and gives what `ports` names, in this order, in the contract's units (networks/contract-units.ts)
 */
export function tfjsSession(model: tf.LayersModel, { inputs, outputs }: Ports): Session {
  return {
    executionProvider: `tfjs-${tf.getBackend()}`,
    run: async (feeds) => {
      const given = inputs.map((name) => {
        const feed = feeds[name];
        if (feed === undefined) throw new SennError('inference_failed', `${model.name}: no input "${name}" was given`);
        return feed;
      });
      if (batchSize(given[0] as Tensor) === 0) {
        const empty = (output: tf.SymbolicTensor): Tensor => ({
          shape: [0, ...contractShape(output.shape)],
          data: new Float32Array(0),
        });
        return Object.fromEntries(outputs.map((name, i) => [name, empty(model.outputs[i] as tf.SymbolicTensor)]));
      }
      return tf.tidy(() => {
        const results = predictOutputs(
          model,
          given.map(({ shape, data }) => toNetworkLayout(data, shape)),
        );
        const named = outputs.map((name, i) => {
          const output = toContractLayout(results[i] as tf.Tensor);
          return [name, { shape: output.shape, data: output.dataSync<'float32'>() }] as const;
        });
        return Object.fromEntries(named);
      });
    },
    // The networks are whoever's made them.
    close: async () => {},
  };
}

/** A session for every graph of a kind. @param networks in the contract's units */
export function tfjsSessions(networks: NamedNetworks, graphs: Graphs): Sessions {
  const entries = Object.entries(graphs) as [GraphName, Ports][];
  return Object.fromEntries(
    entries.map(([name, ports]) => [name, tfjsSession(networks[name] as tf.LayersModel, ports)]),
  );
}
