import { int, ints } from './attributes.ts';
import type { Scope } from './scope.ts';
import { OpenSize, type Size } from './size.ts';
import { type Form, type Layout, storedOrder, storedShape, type Value } from './value.ts';

/** Values moved from one layout to the other, with a Transpose only where elements really move. */

/** Axes of tfjs without those of size one: in which order these stand among the others moves no element. */
function moving({ shape }: Form, order: readonly number[]): number[] {
  return order.filter((axis) => axis === 0 || shape[axis - 1] !== 1);
}

/** True where the elements lie already as with the axes in this order (of tfjs, batch = 0 first). */
export function liesAs(form: Form, order: readonly number[]): boolean {
  return moving(form, storedOrder(form)).join() === moving(form, order).join();
}

/** Something in the graph whose sizes may be asked for while it runs. */
interface Measured {
  readonly name: string;
  readonly dims: readonly Size[];
}

/** Sizes of a value in the graph, with the batch. */
export const measured = ({ batch }: Scope, value: Value): Measured => ({
  name: value.name,
  dims: [batch, ...storedShape(value)],
});

/**
 * The second operand of a Reshape: a constant where that says enough, with `0` for a size that stays where it is and
 * `-1` for one that follows from the others; further open ones are asked of what has them.
 * @param sources the value that is reshaped, and others that have its sizes
 * @throws OpenSize where a size can be had from none
 */
export function shapeOperand(
  scope: Scope,
  role: string,
  dims: readonly Size[],
  sources: readonly [Measured, ...Measured[]],
): string {
  const sourceOf = (size: Size) => sources.find((one) => one.dims.includes(size));
  const sizes = dims.map((size, i) =>
    size === sources[0].dims[i] && (i === 0 || typeof size === 'string') ? 0 : size,
  );
  const open = sizes.filter((size) => typeof size === 'string');
  const following = open.find((size) => sourceOf(size) === undefined) ?? open[0];
  if (following !== undefined) sizes[sizes.indexOf(following)] = -1;
  if (open.length < 2) return scope.int64(role, sizes as number[]);
  const parts = sizes.map((size) => {
    if (typeof size === 'number') return scope.int64('size', [size]);
    const source = sourceOf(size);
    if (source === undefined) throw new OpenSize(size);
    const start = source.dims.indexOf(size);
    const range = { start: int(start), end: int(start + 1) };
    return scope.raw('Shape', [source.name], [{ dims: [1], type: 'int64' }], range)[0] as string;
  });
  return scope.raw('Concat', parts, [{ dims: [parts.length], type: 'int64' }], { axis: int(0) })[0] as string;
}

/** Elements in their present order under another shape. */
function relabel(scope: Scope, value: Value, { shape, layout }: Form): Value {
  const output = { shape, layout, type: value.type };
  const sizes = storedShape(output);
  if (storedShape(value).join() === sizes.join()) return { name: value.name, ...output };
  const operand = shapeOperand(scope, 'shape', [scope.batch, ...sizes], [measured(scope, value)]);
  return scope.node('Reshape', [value, operand], output);
}

/**
 * A value whose axes come to stand in another order. Data moves only where it must.
 * @param order axes of `value` in tfjs (batch = 0, first) in the order in which `output` has them in the graph
 */
export function arrange(scope: Scope, value: Value, order: readonly number[], { shape, layout }: Form): Value {
  const output = { shape, layout, type: value.type };
  if (liesAs(value, order)) return relabel(scope, value, output);
  const stored = storedOrder(value);
  return scope.node('Transpose', [value], output, { perm: ints(order.map((axis) => stored.indexOf(axis))) });
}

export function toLayout(scope: Scope, value: Value, layout: Layout): Value {
  if (value.layout === layout) return value;
  const output = { shape: value.shape, layout };
  return arrange(scope, value, storedOrder(output), output);
}

/** The value with the axes of tfjs. */
export function toTfjs(scope: Scope, value: Value): Value {
  return toLayout(scope, value, 'tfjs');
}

/** tfjs's reshape, which keeps elements in the order of tfjs: `[batch, …value.shape]` → `[batch, …shape]`. */
export function reshape(scope: Scope, value: Value, shape: readonly Size[]): Value {
  const free = liesAs(value, storedOrder({ shape: value.shape, layout: 'tfjs' }));
  return relabel(scope, free ? value : toTfjs(scope, value), { shape, layout: 'tfjs' });
}
