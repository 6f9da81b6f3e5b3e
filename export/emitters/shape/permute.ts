import { z } from 'zod';
import { arrange, liesAs } from '../../graph/layout.ts';
import type { Size } from '../../graph/size.ts';
import { type Form, type Layout, storedOrder } from '../../graph/value.ts';
import { configOf } from '../../layers-model/layer.ts';
import type { Emitter } from '../emitter.ts';

const permuteConfig = z.object({ dims: z.array(z.int().positive()) });

/**
 * Permute: axis i + 1 of the output is axis `dims[i]` of the input. Where one of the two layouts has the elements as
 * they lie, nothing moves.
 */
export const emitPermute: Emitter = ({ layer, inputs: [x], scope }) => {
  const { dims } = configOf(layer, permuteConfig);
  const axes = [0, ...dims];
  const shape = dims.map((axis) => x.shape[axis - 1] as Size);
  const order = (output: Form) => storedOrder(output).map((axis) => axes[axis] as number);
  const forms = (['tfjs', 'channelsFirst'] satisfies Layout[]).map((layout) => ({ shape, layout }));
  const form = forms.find((candidate) => liesAs(x, order(candidate))) ?? (forms[0] as Form);
  return arrange(scope, x, order(form), form);
};
