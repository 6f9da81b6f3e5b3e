import { z } from 'zod';
import { castTo } from '../../graph/cast.ts';
import type { Scope } from '../../graph/scope.ts';
import { plus } from '../../graph/size.ts';
import { type Form, storedAxis, storedShape, typeOf, type Value } from '../../graph/value.ts';

/** Rows and columns added to an image, or taken off: what padding and cropping layers share. */

const border = z.tuple([z.int().nonnegative(), z.int().nonnegative()]);

/** Rows above and below, columns left and right. */
export const borders = z.tuple([border, border]);
type Borders = z.infer<typeof borders>;

/** An end of a Slice that is behind every end (ONNX, Slice: INT_MAX). */
const TO_THE_END = 2 ** 31 - 1;

const nothing = (sizes: Borders): boolean => sizes.flat().every((size) => size === 0);

/** `x` with `sign` times the borders added to its height and width, which have these axes of tfjs. */
function resized({ shape, layout, type }: Form, axes: readonly number[], sizes: Borders, sign: 1 | -1): Form {
  const change = (axis: number) =>
    (sizes[axes.indexOf(axis) as 0] ?? [0, 0]).reduce((sum, size) => sum + sign * size, 0);
  return { shape: shape.map((size, i) => plus(size, change(i + 1))), layout, type };
}

/** What is left of `x` inside the borders. @param axes of height and width in tfjs (batch = 0) */
export function crop(scope: Scope, x: Value, axes: readonly [number, number], inside: Borders): Value {
  if (nothing(inside)) return x;
  const starts = inside.map(([before]) => before);
  const ends = axes.map((axis, i) => {
    const [size, after] = [x.shape[axis - 1], inside[i as 0][1]];
    if (typeof size === 'number') return size - after;
    return after === 0 ? TO_THE_END : -after;
  });
  const stored = axes.map((axis) => storedAxis(x, axis));
  const operands = [scope.int64('starts', starts), scope.int64('ends', ends), scope.int64('axes', stored)];
  return scope.node('Slice', [x, ...operands], resized(x, axes, inside, -1));
}

/**
 * `x` with zeros around it. Whole numbers are float32 on their way: ONNX Runtime joins a Pad with the pooling behind it,
 * which only the zero of a float can keep it from (passes/pads.ts).
 */
export function pad(scope: Scope, x: Value, axes: readonly [number, number], around: Borders): Value {
  if (nothing(around)) return x;
  const stored = axes.map((axis) => storedAxis(x, axis));
  const side = (which: 0 | 1) =>
    [0, ...storedShape(x)].map((_, axis) => around[stored.indexOf(axis) as 0]?.[which] ?? 0);
  const own = castTo(scope, x, 'float32');
  const padded = scope.node('Pad', [own, scope.int64('pads', [...side(0), ...side(1)])], resized(own, axes, around, 1));
  return castTo(scope, padded, typeOf(x));
}
