import type { ElementType } from '../onnx/proto.ts';
import { fixedSize, type Size } from './size.ts';

/**
 * How a tfjs tensor lies in the ONNX graph: with the axes of tfjs, or as ONNX's image operators want it, the last
 * axis of tfjs (channels) moved behind the batch: `[batch, H, W, C]` stands there as `[batch, C, H, W]`.
 */
export type Layout = 'tfjs' | 'channelsFirst';

/** What a tfjs tensor is and how it lies, before it has its name. */
export interface Form {
  /** Its shape in tfjs, without the batch; a size that is open until the model runs has a name. */
  readonly shape: readonly Size[];
  readonly layout: Layout;
  /** Of its elements. Default float32. */
  readonly type?: ElementType | undefined;
}

/** A tfjs tensor as it stands in the graph. */
export interface Value extends Form {
  /** Its name in the graph. */
  readonly name: string;
}

export const typeOf = ({ type = 'float32' }: Pick<Form, 'type'>): ElementType => type;

/** The axes of tfjs (batch = 0) in the order in which they stand in the graph. */
export function storedOrder({ shape, layout }: Form): number[] {
  const axes = Array.from({ length: shape.length + 1 }, (_, axis) => axis);
  return layout === 'tfjs' ? axes : [0, shape.length, ...axes.slice(1, -1)];
}

/** Shape in the graph, without the batch. */
export function storedShape(form: Form): Size[] {
  return storedOrder(form)
    .slice(1)
    .map((axis) => form.shape[axis - 1] as Size);
}

/** An axis of tfjs counted from the batch = 0. @param axis negative from the end */
export function positiveAxis({ shape }: Pick<Form, 'shape'>, axis: number): number {
  return axis < 0 ? axis + shape.length + 1 : axis;
}

/** Where an axis of tfjs (batch = 0, negative from the end) stands in the graph. */
export function storedAxis(form: Form, axis: number): number {
  return storedOrder(form).indexOf(positiveAxis(form, axis));
}

/** Shape in the graph, with the batch, of a constant that varies along these axes of tfjs and is the same elsewhere. */
export function shapeAlong(form: Form, axes: readonly number[]): number[] {
  const kept = axes.map((axis) => positiveAxis(form, axis));
  return storedOrder(form).map((axis) => (kept.includes(axis) ? fixedSize(form.shape[axis - 1] as Size) : 1));
}
