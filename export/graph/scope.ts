import type { Fill } from '../onnx/bytes.ts';
import type { ElementType } from '../onnx/proto.ts';
import type { Attributes } from './attributes.ts';
import type { Size } from './size.ts';
import type { Form, Value } from './value.ts';

/** What an emitter sees of the graph that it adds to. */

/** What stands in the graph and is no tfjs tensor: sizes (a name for one that varies) and elements of any kind. */
export interface Raw {
  readonly dims: readonly Size[];
  /** Default float32. */
  readonly type?: ElementType;
}

/** An operand: a value, or the name of whatever stands in the graph. `''` leaves an optional one out. */
export type Operand = Value | string;

/** What an emitter builds with: names start with the name of the layer it emits. */
export interface Scope {
  /** The ONNX operator set of the graph. */
  readonly opset: number;
  /** The leading size of every value: the batch, or the batch times what was folded into it. */
  readonly batch: Size;
  /** The same scope for values that have `factor` times as many samples. */
  folded(factor: Size): Scope;
  /**
   * An operator with one output, which has the given tfjs shape, layout and element type.
   * @throws unsupported_layer where the operator gives another type than that (operand-types.ts)
   */
  node(opType: string, inputs: readonly Operand[], output: Form, attributes?: Attributes): Value;
  /** An operator with any outputs: their names, `''` for one that is left out. @throws as `node` */
  raw(
    opType: string,
    inputs: readonly Operand[],
    outputs: readonly (Raw | undefined)[],
    attributes?: Attributes,
  ): string[];
  /**
   * The name of a float32 constant; equal constants are stored once. A function fills an array with the same numbers
   * each time it is called, so that nothing holds them in between.
   */
  float32(role: string, dims: readonly number[], values: Float32Array | readonly number[] | Fill): string;
  int32(role: string, dims: readonly number[], values: readonly number[]): string;
  /** The name of an int64 constant: a vector, or a scalar. */
  int64(role: string, values: number | readonly number[]): string;
  bool(role: string, dims: readonly number[], values: readonly boolean[]): string;
}
