import type * as tfl from '@tensorflow/tfjs-layers';
import { SennError } from '../../core/errors.ts';
import type { OwnEmitter } from '../emitters/emitter.ts';
import { rowOf } from '../emitters/index.ts';
import { castTo } from '../graph/cast.ts';
import type { Graph } from '../graph/graph.ts';
import type { Scope } from '../graph/scope.ts';
import { OpenSize, type Size } from '../graph/size.ts';
import { typeOf, type Value } from '../graph/value.ts';
import { elementTypeOf } from '../layers-model/inputs.ts';
import { describe, isModel, type Layer } from '../layers-model/layer.ts';
import type { ElementTypes } from '../onnx/proto.ts';
import type { Replacements } from '../passes/layers/replacements.ts';

/** The walk over the layer calls of a model, operands first; each is written by its emitter. */

/** What a walk is given besides the model. */
export interface Walk {
  readonly graph: Graph;
  /** Emitters by class name, in addition to the exporter's own and before them. */
  readonly emitters: Readonly<Record<string, OwnEmitter>>;
  readonly replacements: Replacements;
}

type Values = readonly [Value, ...Value[]];

/** A value as a layer takes it: booleans may pass for whole numbers, and anything for float32. */
function taken(scope: Scope, value: Value, takes: ElementTypes = ['float32']): Value {
  const type = typeOf(value);
  if (takes.includes(type)) return value;
  return castTo(scope, value, type === 'bool' && takes.includes('int32') ? 'int32' : 'float32');
}

/** A value as tfjs has it, whose whole numbers are int32. */
const given = (scope: Scope, value: Value): Value =>
  typeOf(value) === 'int64' ? castTo(scope, value, 'int32') : value;

/** The values that one layer, or one model in its place, makes of its operands. */
function emitted(walk: Walk, layer: Layer, inputs: Values, batch: Size): readonly Value[] {
  if (isModel(layer)) return emitModel(walk, layer, inputs, batch);
  const { replacements } = walk;
  const written = replacements.has(layer) ? replacements.get(layer) : layer;
  if (written === undefined) return inputs;
  const scope = walk.graph.scope(layer.name, batch);
  const inner = (own: Layer, operands: Values, innerBatch: Size) => emitted(walk, own, operands, innerBatch);
  const { emit, takes } = rowOf(layer, walk.emitters);
  const operands = inputs.map((value) => taken(scope, value, takes)) as [Value, ...Value[]];
  try {
    const outputs = [emit({ layer: written, inputs: operands, scope, emit: inner })].flat();
    return outputs.map((value) => given(scope, value));
  } catch (error) {
    if (!(error instanceof OpenSize)) throw error;
    throw new SennError(
      'unsupported_layer',
      `${describe(layer)}: must know the size "${error.size}" as a number${error.reason ? ` (${error.reason})` : ''}; give the model's inputs theirs: inputShapes, or --input-shape of senn export`,
      { layer: layer.name, size: error.size },
      error,
    );
  }
}

/**
 * Emits every layer call that the model's outputs depend on, operands first. A call is a node of tfjs-layers: a
 * layer that is shared has one for each time it was applied, and a model inside another one is walked in its place.
 *
 * As in tfjs, what goes from layer to layer has the element type that the tensor between them was made with, which for all
 * but inputs is float32; an output of the model has the type that its layer gave.
 * @param inputs one value for each of `model.inputs`
 * @param batch the leading size of its values
 * @returns one value for each of `model.outputs`
 * @throws unsupported_layer
 */
export function emitModel(
  walk: Walk,
  model: tfl.LayersModel,
  inputs: readonly Value[],
  batch: Size = walk.graph.batch,
): readonly Value[] {
  const held = (tensor: tfl.SymbolicTensor, value: Value): Value =>
    castTo(walk.graph.scope(tensor.sourceLayer.name, batch), value, elementTypeOf(tensor));
  const made = new Map(model.inputs.map((tensor, i) => [tensor, held(tensor, inputs[i] as Value)]));

  function valueFor(tensor: tfl.SymbolicTensor): Value {
    const known = made.get(tensor);
    if (known !== undefined) return known;
    const layer = tensor.sourceLayer;
    const call = layer.inboundNodes[tensor.nodeIndex];
    if (call === undefined || call.inboundLayers.length === 0) {
      throw new SennError('invalid_model', `${describe(layer)}: feeds the model but is not among its inputs`);
    }
    const operands = call.inputTensors.map((operand) => held(operand, valueFor(operand)));
    const results = emitted(walk, layer, operands as [Value, ...Value[]], batch);
    call.outputTensors.forEach((output, i) => {
      made.set(output, results[i] as Value);
    });
    return results[tensor.tensorIndex] as Value;
  }

  return model.outputs.map(valueFor);
}
