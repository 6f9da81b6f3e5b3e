import type { Operand, Scope } from './scope.ts';
import { shapeAlong, type Value } from './value.ts';

/** Numbers that go with a whole tensor or with each of its features, as constants of the graph. */

/** One number for a whole tensor, or one for each index of its last axis in tfjs. */
export type PerFeature = number | readonly number[];

/** The name of a constant that goes with every element of `x`; equal numbers become one. */
export function featureConstant(scope: Scope, x: Value, role: string, numbers: PerFeature): string {
  const list = typeof numbers === 'number' ? [numbers] : numbers;
  const [first] = list as [number];
  if (list.every((value) => value === first)) return scope.float32(role, [], [first]);
  return scope.float32(role, shapeAlong(x, [-1]), list);
}

/** An operator of `x` and numbers, left out where all of them are its neutral element. */
export function withConstant(
  scope: Scope,
  opType: 'Add' | 'Div' | 'Mul' | 'Sub',
  x: Value,
  role: string,
  numbers: PerFeature,
): Value {
  const neutral = opType === 'Add' || opType === 'Sub' ? 0 : 1;
  if ([numbers].flat().every((value) => value === neutral)) return x;
  const operands: Operand[] = [x, featureConstant(scope, x, role, numbers)];
  return scope.node(opType, operands, x);
}
