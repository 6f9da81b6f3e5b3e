import { int } from '../../graph/attributes.ts';
import { OpenSize, type Size } from '../../graph/size.ts';
import type { Builder } from '../builder.ts';

/** Values brought to the shape of others: what broadcasting and movements are undone with. */

/** The sizes of a value, asked for while the graph runs. */
const askedShape = (build: Builder, value: string): string =>
  build.op('Shape', [value], [build.dims(value).length], {}, 'int64');

/**
 * The elements of a value, in their order, under other sizes.
 * @param like a value that has these, if there is one
 * @throws OpenSize where several are open and there is none
 */
export function reshaped(build: Builder, value: string, dims: readonly Size[], like?: string): string {
  const own = build.dims(value);
  if (own.join() === dims.join()) return value;
  const sizes = dims.map((size, i) => (typeof size === 'string' && size === own[i] ? 0 : size));
  const open = sizes.filter((size) => typeof size === 'string');
  const following = sizes.map((size) => (typeof size === 'string' ? -1 : size));
  if (open.length > 1 && like === undefined) throw new OpenSize(String(open[0]));
  const shape = open.length > 1 ? askedShape(build, like as string) : build.int64('shape', following);
  return build.op('Reshape', [value, shape], dims);
}

/** The elements of a value under the sizes of another one. */
export const reshapedLike = (build: Builder, value: string, like: string): string =>
  reshaped(build, value, build.dims(like), like);

/** A value with sizes of one repeated up to the sizes of another value of as many axes. */
export function expandedLike(build: Builder, value: string, like: string): string {
  const [own, dims] = [build.dims(value), build.dims(like)];
  if (own.join() === dims.join()) return value;
  const sizes = dims.map((size, i) => (size === own[i] ? 1 : size));
  const isKnown = sizes.every((size) => typeof size === 'number');
  const shape = isKnown ? build.int64('shape', sizes as number[]) : askedShape(build, like);
  return build.op('Expand', [value, shape], dims);
}

/** Zeros of the shape of a value. */
export const zerosLike = (build: Builder, value: string): string =>
  build.op('ConstantOfShape', [askedShape(build, value)], build.dims(value));

/** Sums over axes, which stay there with size one where `keep`. */
export function summed(build: Builder, value: string, axes: readonly number[], keep: boolean): string {
  if (axes.length === 0) return value;
  const all = build.dims(value);
  const dims = keep ? all.map((size, i) => (axes.includes(i) ? 1 : size)) : all.filter((_, i) => !axes.includes(i));
  return build.op('ReduceSum', [value, build.int64('axes', axes)], dims, { keepdims: int(keep ? 1 : 0) });
}

/**
 * The gradient of an operand that was broadcast: the sum over the axes along which it was repeated.
 * @param value the cotangent, of the shape of the result
 * @param target the operand
 */
export function unbroadcast(build: Builder, value: string, target: string): string {
  const [own, wanted] = [build.dims(value), build.dims(target)];
  const lead = own.length - wanted.length;
  const repeated = own.flatMap((size, i) => (i >= lead && wanted[i - lead] === 1 && size !== 1 ? [i] : []));
  const leading = Array.from({ length: lead }, (_, i) => i);
  return summed(build, summed(build, value, repeated, true), leading, false);
}

/** Sizes of several values under broadcasting; of an open size and a number, the number is known. */
export function broadcastDims(...shapes: readonly (readonly Size[])[]): Size[] {
  const rank = Math.max(...shapes.map(({ length }) => length));
  return Array.from({ length: rank }, (_, i) => {
    const sizes = shapes.flatMap((shape) => shape[shape.length - rank + i] ?? []).filter((size) => size !== 1);
    return sizes.find((size) => typeof size === 'number') ?? sizes[0] ?? 1;
  });
}
