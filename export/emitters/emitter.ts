import type { Scope, Value } from '../graph.ts';
import type { Layer } from '../layer.ts';

/** One call of a layer: the ONNX nodes that do in evaluation what the layer does. @throws unsupported_layer */
export type Emitter = (call: {
  readonly layer: Layer;
  /** At least one; exactly one for a layer that does not merge. */
  readonly inputs: readonly [Value, ...Value[]];
  readonly scope: Scope;
}) => Value;
