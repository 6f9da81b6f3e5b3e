import type * as tfl from '@tensorflow/tfjs-layers';
import { type ExportOptions, modelProtoOf } from './convert/model-proto.ts';
import { encodeModel } from './onnx/schema.ts';

/** `senn-onnx/export`: what users of the package import. */

export type { ExportOptions } from './convert/model-proto.ts';
export { activate } from './emitters/activation/activate.ts';
export type { Emitter, LayerCall, OwnEmitter } from './emitters/emitter.ts';
export { float, floats, int, ints, string, strings } from './graph/attributes.ts';
export { castTo } from './graph/cast.ts';
export type { ExternalData } from './graph/initializers.ts';
export { reshape, toLayout, toTfjs } from './graph/layout.ts';
export type { Operand, Raw, Scope } from './graph/scope.ts';
export { fixedSize, plus, product, type Size, times } from './graph/size.ts';
export { type Form, type Layout, shapeAlong, storedAxis, storedShape, typeOf, type Value } from './graph/value.ts';
export { configOf, type Layer, permute, storedWeight, type Weight, weightOf } from './layers-model/layer.ts';
export { opsets } from './onnx/opsets.ts';
export {
  type OnnxAttribute,
  type OnnxData,
  type OnnxGraph,
  type OnnxInitializer,
  type OnnxModel,
  type OnnxNode,
  type OnnxValue,
  readOnnx,
} from './onnx/read-onnx.ts';

/**
 * Any tfjs LayersModel as the bytes of an `.onnx` file: Sequential or functional, with any number of inputs and
 * outputs, shared layers and models inside models. Inputs and outputs are float32, int32 or bool, as in tfjs.
 * The same model gives the same bytes. A tfjs backend must be set, to read the weights.
 * @throws unsupported_layer | invalid_model (a weight is not finite) | invalid_config (the options, or more than 2 GB
 * without `externalData`)
 */
export function layersModelToOnnx(model: tfl.LayersModel, options: ExportOptions = {}): Uint8Array {
  return encodeModel(modelProtoOf(model, options));
}
