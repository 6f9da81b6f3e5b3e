import { int, ints } from '../../graph/attributes.ts';
import type { Scope } from '../../graph/scope.ts';
import { type Form, positiveAxis, storedAxis, type Value } from '../../graph/value.ts';

/** Reductions (sums, means, maxima, …) along axes as tfjs counts them. */

export type Reduction = 'ReduceLogSumExp' | 'ReduceMax' | 'ReduceMean' | 'ReduceProd' | 'ReduceSum';

export interface ReduceOptions {
  /** Axes of tfjs (batch = 0, negative from the end). */
  readonly axes: readonly number[];
  /** Leaves the axes there, with size one. */
  readonly keep?: boolean;
}

function reducedForm(x: Value, { axes, keep = false }: ReduceOptions): Form {
  const gone = axes.map((axis) => positiveAxis(x, axis) - 1);
  if (keep) return { shape: x.shape.map((size, i) => (gone.includes(i) ? 1 : size)), layout: x.layout, type: x.type };
  const shape = x.shape.filter((_, i) => !gone.includes(i));
  const channelsFirst = x.layout === 'channelsFirst' && !gone.includes(x.shape.length - 1) && shape.length > 1;
  return { shape, layout: channelsFirst ? 'channelsFirst' : 'tfjs', type: x.type };
}

/** One value for each sample and each index of the axes that are left. Axes are an input since opset 18 (ReduceSum: 13). */
export function reduce(scope: Scope, opType: Reduction, x: Value, options: ReduceOptions): Value {
  const axes = options.axes.map((axis) => storedAxis(x, axis)).sort((a, b) => a - b);
  const keepdims = int(options.keep ? 1 : 0);
  const form = reducedForm(x, options);
  if (scope.opset < 18 && opType !== 'ReduceSum') return scope.node(opType, [x], form, { axes: ints(axes), keepdims });
  return scope.node(opType, [x, scope.int64('axes', axes)], form, { keepdims });
}
