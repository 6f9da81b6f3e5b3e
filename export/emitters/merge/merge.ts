import { reshape, toLayout } from '../../graph/layout.ts';
import type { Scope } from '../../graph/scope.ts';
import type { Form, Value } from '../../graph/value.ts';
import type { Emitter } from '../emitter.ts';

/** Add, Average, Maximum, Minimum and Multiply: elementwise over several inputs, with broadcasting. */

/** Shape of two values under broadcasting, without the batch. */
function broadcast(a: readonly number[], b: readonly number[]): number[] {
  return a.map((size, axis) => (size === 1 ? (b[axis] as number) : size));
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
    const operands = alignRanks(scope, inputs);
    const layout = operands.find((operand) => operand.layout === 'channelsFirst')?.layout ?? 'tfjs';
    const shape = operands.map((operand) => operand.shape).reduce(broadcast);
    return combine(
      scope,
      operands.map((operand) => toLayout(scope, operand, layout)),
      { shape, layout },
    );
  };
}

/** An operator of two operands, from the left, as tfjs goes. */
const binary = (opType: string) =>
  merging((scope, operands, { layout }) =>
    operands.reduce((left, right) =>
      scope.node(opType, [left, right], { shape: broadcast(left.shape, right.shape), layout }),
    ),
  );

/** An operator of any number of operands. */
const variadic = (opType: string) => merging((scope, operands, form) => scope.node(opType, operands, form));

export const emitAdd = binary('Add');
export const emitMultiply = binary('Mul');
export const emitAverage = variadic('Mean');
export const emitMaximum = variadic('Max');
export const emitMinimum = variadic('Min');
