import type * as tfl from '@tensorflow/tfjs-layers';
import { SennError } from '../../core/errors.ts';
import type { Emitter } from '../emitters/emitter.ts';
import { emitterOf } from '../emitters/index.ts';
import { BATCH, type Graph } from '../graph/graph.ts';
import type { Value } from '../graph/value.ts';
import { describe, isModel, type Layer } from '../layers-model/layer.ts';
import type { Replacements } from '../passes/layers/replacements.ts';

/** The walk over the layer calls of a model, operands first; each is written by its emitter. */

/** What a walk is given besides the model. */
export interface Walk {
  readonly graph: Graph;
  /** Emitters by class name, in addition to the exporter's own and before them. */
  readonly emitters: Readonly<Record<string, Emitter>>;
  readonly replacements: Replacements;
}

type Values = readonly [Value, ...Value[]];

/** The values that one layer, or one model in its place, makes of its operands. */
function emitted(walk: Walk, layer: Layer, inputs: Values, batch: string): readonly Value[] {
  if (isModel(layer)) return emitModel(walk, layer, inputs, batch);
  const { replacements } = walk;
  const written = replacements.has(layer) ? replacements.get(layer) : layer;
  if (written === undefined) return inputs;
  const scope = walk.graph.scope(layer.name, batch);
  const emit = (inner: Layer, operands: Values, innerBatch: string) => emitted(walk, inner, operands, innerBatch);
  return [emitterOf(layer, walk.emitters)({ layer: written, inputs, scope, emit })].flat();
}

/**
 * Emits every layer call that the model's outputs depend on, operands first. A call is a node of tfjs-layers: a
 * layer that is shared has one for each time it was applied, and a model inside another one is walked in its place.
 * @param inputs one value for each of `model.inputs`
 * @param batch name of the leading size of its values
 * @returns one value for each of `model.outputs`
 * @throws unsupported_layer
 */
export function emitModel(
  walk: Walk,
  model: tfl.LayersModel,
  inputs: readonly Value[],
  batch: string = BATCH,
): readonly Value[] {
  const made = new Map<tfl.SymbolicTensor, Value>(model.inputs.map((tensor, i) => [tensor, inputs[i] as Value]));

  function valueFor(tensor: tfl.SymbolicTensor): Value {
    const known = made.get(tensor);
    if (known !== undefined) return known;
    const layer = tensor.sourceLayer;
    const call = layer.inboundNodes[tensor.nodeIndex];
    if (call === undefined || call.inboundLayers.length === 0) {
      throw new SennError('invalid_model', `${describe(layer)}: feeds the model but is not among its inputs`);
    }
    const results = emitted(walk, layer, call.inputTensors.map(valueFor) as [Value, ...Value[]], batch);
    call.outputTensors.forEach((output, i) => {
      made.set(output, results[i] as Value);
    });
    return results[tensor.tensorIndex] as Value;
  }

  return model.outputs.map(valueFor);
}
