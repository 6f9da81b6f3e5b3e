import { z } from 'zod';
import { SennError } from '../../../core/errors.ts';
import { int } from '../../graph/attributes.ts';
import { alike, castTo } from '../../graph/cast.ts';
import { toLayout } from '../../graph/layout.ts';
import { plus, type Size } from '../../graph/size.ts';
import { positiveAxis, storedAxis, typeOf } from '../../graph/value.ts';
import { configOf, describe } from '../../layers-model/layer.ts';
import type { Emitter } from '../emitter.ts';

const concatenateConfig = z.object({ axis: z.int() });

/**
 * Concatenate along an axis of tfjs. The layout is that of the first image, if there is one. In tfjs the first input says
 * what all become: behind whole numbers, fractions lose their digits. (Behind booleans it makes bytes of the others; here
 * all become what holds them.)
 */
export const emitConcatenate: Emitter = ({ layer, inputs, scope }) => {
  const { axis } = configOf(layer, concatenateConfig);
  const layout = inputs.find((input) => input.layout === 'channelsFirst')?.layout ?? 'tfjs';
  const [first] = inputs;
  const type = typeOf(first);
  const cast = type === 'bool' ? alike(scope, inputs) : inputs.map((input) => castTo(scope, input, type));
  const parts = cast.map((input) => toLayout(scope, input, layout));
  const joined = positiveAxis(first, axis) - 1;
  if (joined < 0) {
    throw new SennError('unsupported_layer', `${describe(layer)}: axis ${axis} must not be the batch`);
  }
  const shape = first.shape.map((size, i) =>
    i === joined ? parts.map((part) => part.shape[i] as Size).reduce(plus) : size,
  );
  return scope.node(
    'Concat',
    parts,
    { shape, layout, type: parts[0]?.type },
    { axis: int(storedAxis({ ...first, layout }, axis)) },
  );
};
