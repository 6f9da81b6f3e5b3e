import * as tf from '@tensorflow/tfjs';
import { type Direction, FeatureScaling } from './feature-scaling.ts';
import { type NamedNetworks, networkShape, type Task } from './networks.ts';

/** Tensors of the contract that are in the units of the input, which the networks may take scaled. */
const inInputUnits: readonly string[] = ['input', 'reconstruction'];

/** What a graph takes and gives, by the names of the contract. */
type PortsByGraph = Readonly<
  Record<string, { readonly inputs: readonly string[]; readonly outputs: readonly string[] } | undefined>
>;

/**
 * The same networks in the units of the model contract: what comes in is scaled by a layer, and what comes out as an
 * input would is scaled back. They share their weights with those they are made from. A network that is no graph of the
 * contract stays as it is.
 * @param graphs the ports of each network that is a graph
 */
export function inContractUnits<Networks extends NamedNetworks>(
  networks: Networks,
  graphs: PortsByGraph,
  { input, scaling }: Task,
): { readonly [Name in keyof Networks]: tf.LayersModel } {
  if (scaling === undefined) return networks;
  const layer = (direction: Direction, name: string) => new FeatureScaling({ name, direction, features: scaling });
  const wrapped = (name: string, model: tf.LayersModel): tf.LayersModel => {
    const ports = graphs[name];
    if (ports === undefined) return model;
    const [port = ''] = ports.inputs;
    const scaled = inInputUnits.includes(port);
    const shape = scaled ? networkShape(input) : (model.inputs[0]?.shape.slice(1) as number[]);
    const inputs = tf.input({ shape, name: `${name}_${scaled ? 'input' : 'latent'}` });
    const own = scaled ? layer('scale', `${name}_scaling`).apply(inputs) : inputs;
    const outputs = [model.apply(own as tf.SymbolicTensor)].flat().map((output, i) => {
      const unscaled = inInputUnits.includes(ports.outputs[i] ?? '');
      return unscaled ? layer('unscale', `${name}_unscaling`).apply(output as tf.SymbolicTensor) : output;
    }) as tf.SymbolicTensor[];
    return tf.model({ name, inputs, outputs: outputs.length === 1 ? (outputs[0] as tf.SymbolicTensor) : outputs });
  };
  return Object.fromEntries(Object.entries(networks).map(([name, model]) => [name, wrapped(name, model)])) as {
    readonly [Name in keyof Networks]: tf.LayersModel;
  };
}
