import { z } from 'zod';
import { alike, castTo } from '../../graph/cast.ts';
import { arrange, reshape, toTfjs } from '../../graph/layout.ts';
import type { Scope } from '../../graph/scope.ts';
import type { Size } from '../../graph/size.ts';
import { positiveAxis, type Value } from '../../graph/value.ts';
import { configOf } from '../../layers-model/layer.ts';
import type { Emitter } from '../emitter.ts';
import { reduce } from '../shared/reduce.ts';

/** Dot: products of two inputs along one axis of each. */

const dotConfig = z.object({ axes: z.union([z.int(), z.tuple([z.int(), z.int()])]), normalize: z.boolean() });

/** Smallest squared length that tfjs divides by. */
const EPSILON = 1e-7;

/** Vectors along an axis, scaled to length one. */
function normalized(scope: Scope, x: Value, axis: number): Value {
  const square = reduce(scope, 'ReduceSum', scope.node('Mul', [x, x], x), { axes: [axis], keep: true });
  const positive = scope.node('Max', [square, scope.float32('epsilon', [], [EPSILON])], square);
  return scope.node('Div', [x, scope.node('Sqrt', [positive], positive)], x);
}

/** A matrix for each sample with the contracted axis at the given place, 1 or 2: `[F]` becomes a row or a column. */
function matrix(scope: Scope, x: Value, axis: number, place: 1 | 2): Value {
  if (x.shape.length === 1) return reshape(scope, x, place === 1 ? [...x.shape, 1] : [1, ...x.shape]);
  if (axis === place) return x;
  return arrange(scope, x, [0, 2, 1], { shape: x.shape.toReversed(), layout: 'tfjs' });
}

/** Dot: sums products along an axis of each of two inputs, `[batch, F]` or `[batch, M, F]`. */
export const emitDot: Emitter = ({ layer, inputs, scope }) => {
  const { axes, normalize } = configOf(layer, dotConfig);
  const operands = alike(scope, inputs).map((x, i) => {
    const axis = positiveAxis(x, typeof axes === 'number' ? axes : (axes[i] as number));
    const value = toTfjs(scope, normalize ? castTo(scope, x, 'float32') : x);
    return { value: normalize ? normalized(scope, value, axis) : value, axis };
  });
  const [a, b] = operands as [(typeof operands)[number], (typeof operands)[number]];
  if (a.value.shape.length === 1 && b.value.shape.length === 1) {
    const products = scope.node('Mul', [a.value, b.value], a.value);
    return reduce(scope, 'ReduceSum', products, { axes: [1], keep: true });
  }
  const left = matrix(scope, a.value, a.axis, 2);
  const right = matrix(scope, b.value, b.axis, 1);
  const shape = [left.shape[0] as Size, right.shape[1] as Size];
  const product = scope.node('MatMul', [left, right], { shape, layout: 'tfjs', type: left.type });
  const flat = a.value.shape.length === 1 || b.value.shape.length === 1;
  return flat ? reshape(scope, product, [shape.find((size) => size !== 1) ?? 1]) : product;
};
