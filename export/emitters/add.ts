import type { Scope, Value } from '../graph.ts';
import { reshape, toLayout } from '../layout.ts';
import type { Emitter } from './emitter.ts';

/** Shape of a sum under broadcasting, without the batch. */
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

/** Add of two or more values, from the left, as tfjs adds. The layout is that of the first image, if there is one. */
export const emitAdd: Emitter = ({ inputs, scope }) => {
  const operands = alignRanks(scope, inputs);
  const layout = operands.find((operand) => operand.layout === 'channelsFirst')?.layout ?? 'tfjs';
  return operands
    .map((operand) => toLayout(scope, operand, layout))
    .reduce((sum, operand) =>
      scope.node('Add', [sum, operand], { shape: broadcast(sum.shape, operand.shape), layout }),
    );
};
