import { z } from 'zod';
import { SennError } from '../../../core/errors.ts';
import { int } from '../../graph/attributes.ts';
import { positiveAxis, storedAxis } from '../../graph/value.ts';
import { configOf, describe } from '../../layers-model/layer.ts';
import type { Emitter } from '../emitter.ts';
import { reduce } from '../shared/reduce.ts';

const softmaxConfig = z.object({ axis: z.union([z.int(), z.array(z.int()).min(1)]) });

/** Softmax along an axis, or over several together: e^(x − log Σ eˣ). */
export const emitSoftmax: Emitter = ({ layer, inputs: [x], scope }) => {
  const axes = [configOf(layer, softmaxConfig).axis].flat();
  if (axes.some((axis) => positiveAxis(x, axis) === 0)) {
    throw new SennError('unsupported_layer', `${describe(layer)}: axis ${axes.join(', ')} must not be the batch`);
  }
  const [first] = axes as [number];
  if (axes.length === 1) return scope.node('Softmax', [x], x, { axis: int(storedAxis(x, first)) });
  const total = reduce(scope, 'ReduceLogSumExp', x, { axes, keep: true });
  return scope.node('Exp', [scope.node('Sub', [x, total], x)], x);
};
