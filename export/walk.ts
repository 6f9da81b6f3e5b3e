import type * as tfl from '@tensorflow/tfjs-layers';
import { SennError } from '../core/errors.ts';
import { emitterOf } from './emitters/index.ts';
import type { Graph, Value } from './graph.ts';
import { describe, type Layer } from './layer.ts';

/** Models nest: a model is a layer of another one. */
function isModel(layer: Layer): layer is tfl.LayersModel {
  return 'inputLayers' in layer && 'outputs' in layer;
}

/**
 * Emits every layer call that the model's outputs depend on, operands first. A call is a node of tfjs-layers: a
 * layer that is shared has one for each time it was applied, and a model inside another one is walked in its place.
 * @param inputs one value for each of `model.inputs`
 * @returns one value for each of `model.outputs`
 * @throws unsupported_layer
 */
export function walk(graph: Graph, model: tfl.LayersModel, inputs: readonly Value[]): Value[] {
  const made = new Map<tfl.SymbolicTensor, Value>(model.inputs.map((tensor, i) => [tensor, inputs[i] as Value]));

  function emitted(tensor: tfl.SymbolicTensor): Value {
    const known = made.get(tensor);
    if (known !== undefined) return known;
    const layer = tensor.sourceLayer;
    const call = layer.inboundNodes[tensor.nodeIndex];
    if (call === undefined || call.inboundLayers.length === 0) {
      throw new SennError('invalid_model', `${describe(layer)}: feeds the model but is not among its inputs`);
    }
    const operands = call.inputTensors.map(emitted) as [Value, ...Value[]];
    const results = isModel(layer)
      ? walk(graph, layer, operands)
      : [emitterOf(layer)({ layer, inputs: operands, scope: graph.scope(layer.name) })];
    call.outputTensors.forEach((output, i) => {
      made.set(output, results[i] as Value);
    });
    return results[tensor.tensorIndex] as Value;
  }

  return model.outputs.map(emitted);
}
