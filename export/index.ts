import type * as tfl from '@tensorflow/tfjs-layers';
import { type ExportOptions, modelProtoOf } from './model-proto.ts';
import { encodeModel } from './onnx/schema.ts';

export { activate } from './activations.ts';
export { float, floats, int, ints, string, strings } from './attributes.ts';
export type { Emitter, LayerCall } from './emitters/emitter.ts';
export type { ExternalData } from './initializers.ts';
export { configOf, type Layer, permute, storedWeight, type Weight, weightOf } from './layer.ts';
export { reshape, toLayout, toTfjs } from './layout.ts';
export type { ExportOptions } from './model-proto.ts';
export { opsets } from './opsets.ts';
export {
  type OnnxAttribute,
  type OnnxData,
  type OnnxGraph,
  type OnnxInitializer,
  type OnnxModel,
  type OnnxNode,
  type OnnxValue,
  readOnnx,
} from './read-onnx.ts';
export type { Operand, Raw, Scope } from './scope.ts';
export { type Form, type Layout, shapeAlong, storedAxis, storedShape, type Value } from './value.ts';

/**
 * Any tfjs LayersModel as the bytes of an `.onnx` file: Sequential or functional, with any number of inputs and
 * outputs, shared layers and models inside models. Inputs and outputs are float32.
 * The same model gives the same bytes. A tfjs backend must be set, to read the weights.
 * @throws unsupported_layer | invalid_model (a weight is not finite) | invalid_config (the options, or more than 2 GB
 * without `externalData`)
 */
export function layersModelToOnnx(model: tfl.LayersModel, options: ExportOptions = {}): Uint8Array {
  return encodeModel(modelProtoOf(model, options));
}
