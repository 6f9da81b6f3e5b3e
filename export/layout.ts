import { sizeOf } from '../core/tensor.ts';
import { ints, type Scope, storedShape, type Value } from './graph.ts';

/**
 * Moving channels between last (tfjs) and first (ONNX's image operators). With one channel, or one pixel, the
 * elements already lie in the order of both, and no data needs to move.
 */
function orderDiffers({ shape }: Value): boolean {
  const channels = shape.at(-1) as number;
  return channels > 1 && sizeOf(shape) > channels;
}

/** Elements in their present order under another shape (without the batch, which `0` copies). */
function reshapeNode(scope: Scope, value: Value, output: Pick<Value, 'shape' | 'layout'>): Value {
  if (storedShape(value).join() === storedShape(output).join()) return { name: value.name, ...output };
  return scope.node('Reshape', [value, scope.int64('shape', [0, ...storedShape(output)])], output);
}

function transpose(scope: Scope, value: Value, layout: Value['layout']): Value {
  const output = { shape: value.shape, layout };
  if (!orderDiffers(value)) return reshapeNode(scope, value, output);
  const rank = value.shape.length + 1;
  const axes = Array.from({ length: rank }, (_, axis) => axis);
  const perm = layout === 'tfjs' ? [0, ...axes.slice(2), 1] : [0, rank - 1, ...axes.slice(1, -1)];
  return scope.node('Transpose', [value], output, { perm: ints(perm) });
}

/** The value with the axes of tfjs. */
export function toTfjs(scope: Scope, value: Value): Value {
  return value.layout === 'tfjs' ? value : transpose(scope, value, 'tfjs');
}

/** The value with its channels behind the batch. */
export function toChannelsFirst(scope: Scope, value: Value): Value {
  return value.layout === 'channelsFirst' ? value : transpose(scope, value, 'channelsFirst');
}

export function toLayout(scope: Scope, value: Value, layout: Value['layout']): Value {
  return layout === 'tfjs' ? toTfjs(scope, value) : toChannelsFirst(scope, value);
}

/** tfjs's reshape, which keeps elements in the order of tfjs: `[batch, …value.shape]` → `[batch, …shape]`. */
export function reshape(scope: Scope, value: Value, shape: readonly number[]): Value {
  const ordered = orderDiffers(value) ? toTfjs(scope, value) : value;
  return reshapeNode(scope, ordered, { shape, layout: 'tfjs' });
}

/** Where an axis of tfjs (batch = 0, negative from the end) stands in the graph. */
export function storedAxis({ shape, layout }: Value, axis: number): number {
  const rank = shape.length + 1;
  const positive = axis < 0 ? axis + rank : axis;
  if (layout === 'tfjs' || positive === 0) return positive;
  return positive === rank - 1 ? 1 : positive + 1;
}
