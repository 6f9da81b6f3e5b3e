import { alike } from '../../graph/cast.ts';
import { reshape, toLayout } from '../../graph/layout.ts';
import type { Scope } from '../../graph/scope.ts';
import type { Size } from '../../graph/size.ts';
import type { Form, Value } from '../../graph/value.ts';
import type { Emitter } from '../emitter.ts';

/** Add, Average, Maximum, Minimum and Multiply: elementwise over several inputs, with broadcasting. */

/** Shape of two values under broadcasting, without the batch. Of an open size and a number, the number is known. */
function broadcast(a: readonly Size[], b: readonly Size[]): Size[] {
  return a.map((size, axis) => {
    const other = b[axis] as Size;
    return size === 1 || (typeof size === 'string' && typeof other === 'number' && other !== 1) ? other : size;
  });
}

/** Operands of one rank: tfjs puts ones behind the batch of those that have fewer axes. */
function alignRanks(scope: Scope, values: readonly Value[]): Value[] {
  const rank = Math.max(...values.map(({ shape }) => shape.length));
  return values.map((value) => {
    const missing = rank - value.shape.length;
    return missing === 0 ? value : reshape(scope, value, [...Array<number>(missing).fill(1), ...value.shape]);
  });
}

/** Elementwise, with broadcasting. The layout is that of the first image, if there is one. */
function merging(combine: (scope: Scope, operands: readonly Value[], form: Form) => Value): Emitter {
  return ({ inputs, scope }) => {
    const operands = alignRanks(scope, alike(scope, inputs));
    const layout = operands.find((operand) => operand.layout === 'channelsFirst')?.layout ?? 'tfjs';
    const shape = operands.map((operand) => operand.shape).reduce(broadcast);
    return combine(
      scope,
      operands.map((operand) => toLayout(scope, operand, layout)),
      { shape, layout, type: operands[0]?.type },
    );
  };
}

/** An operator of two operands, from the left, as tfjs goes. */
const binary = (opType: string) =>
  merging((scope, operands, form) =>
    operands.reduce((left, right) =>
      scope.node(opType, [left, right], { ...form, shape: broadcast(left.shape, right.shape) }),
    ),
  );

/** An operator of any number of operands. */
const variadic = (opType: string) => merging((scope, operands, form) => scope.node(opType, operands, form));

export const emitAdd = binary('Add');
export const emitMultiply = binary('Mul');
export const emitAverage = variadic('Mean');
export const emitMaximum = variadic('Max');
export const emitMinimum = variadic('Min');
