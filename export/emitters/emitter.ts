import type { Scope } from '../graph/scope.ts';
import type { Size } from '../graph/size.ts';
import type { Value } from '../graph/value.ts';
import type { Layer } from '../layers-model/layer.ts';
import type { ElementTypes } from '../onnx/proto.ts';

/** What an emitter is: one function that writes one kind of layer. */

/** One call of a layer. */
export interface LayerCall {
  readonly layer: Layer;
  /** At least one; exactly one for a layer that does not merge. */
  readonly inputs: readonly [Value, ...Value[]];
  readonly scope: Scope;
  /** Emits another layer, or a model, that this one wraps. @param batch the leading size of its values */
  readonly emit: (layer: Layer, inputs: readonly [Value, ...Value[]], batch: Size) => readonly Value[];
}

/**
 * The ONNX nodes that do in evaluation what the layer does: its output, or its outputs in the order of tfjs.
 * @throws unsupported_layer
 */
export type Emitter = (call: LayerCall) => Value | readonly Value[];

/**
 * An emitter for a layer of your own, which is given float32 whatever the layer's inputs are; or one that says which
 * element types it `takes` as they are.
 */
export type OwnEmitter = Emitter | { readonly emit: Emitter; readonly takes: ElementTypes };
