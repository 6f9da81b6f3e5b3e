import { z } from 'zod';
import { SennError } from '../../../core/errors.ts';
import { int } from '../../graph/attributes.ts';
import { toLayout } from '../../graph/layout.ts';
import { positiveAxis, storedAxis } from '../../graph/value.ts';
import { configOf, describe } from '../../layers-model/layer.ts';
import type { Emitter } from '../emitter.ts';

const concatenateConfig = z.object({ axis: z.int() });

/** Concatenate along an axis of tfjs. The layout is that of the first image, if there is one. */
export const emitConcatenate: Emitter = ({ layer, inputs, scope }) => {
  const { axis } = configOf(layer, concatenateConfig);
  const layout = inputs.find((input) => input.layout === 'channelsFirst')?.layout ?? 'tfjs';
  const parts = inputs.map((input) => toLayout(scope, input, layout));
  const [first] = inputs;
  const joined = positiveAxis(first, axis) - 1;
  if (joined < 0) {
    throw new SennError('unsupported_layer', `${describe(layer)}: axis ${axis} must not be the batch`);
  }
  const shape = first.shape.map((size, i) =>
    i === joined ? parts.reduce((sum, part) => sum + (part.shape[i] as number), 0) : size,
  );
  return scope.node('Concat', parts, { shape, layout }, { axis: int(storedAxis({ ...first, layout }, axis)) });
};
