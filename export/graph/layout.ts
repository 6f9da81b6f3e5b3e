import { ints } from './attributes.ts';
import type { Scope } from './scope.ts';
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

/** Elements in their present order under another shape (whose batch `0` copies). */
function relabel(scope: Scope, value: Value, output: Form): Value {
  if (storedShape(value).join() === storedShape(output).join()) return { name: value.name, ...output };
  return scope.node('Reshape', [value, scope.int64('shape', [0, ...storedShape(output)])], output);
}

/**
 * A value whose axes come to stand in another order. Data moves only where it must.
 * @param order axes of `value` in tfjs (batch = 0, first) in the order in which `output` has them in the graph
 */
export function arrange(scope: Scope, value: Value, order: readonly number[], output: Form): Value {
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
export function reshape(scope: Scope, value: Value, shape: readonly number[]): Value {
  const free = liesAs(value, storedOrder({ shape: value.shape, layout: 'tfjs' }));
  return relabel(scope, free ? value : toTfjs(scope, value), { shape, layout: 'tfjs' });
}
