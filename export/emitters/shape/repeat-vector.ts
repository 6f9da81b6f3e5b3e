import { z } from 'zod';
import { reshape } from '../../graph/layout.ts';
import type { Size } from '../../graph/size.ts';
import { configOf } from '../../layers-model/layer.ts';
import type { Emitter } from '../emitter.ts';

const repeatConfig = z.object({ n: z.int().positive() });

/** RepeatVector: `[batch, F]` → `[batch, n, F]` */
export const emitRepeatVector: Emitter = ({ layer, inputs: [x], scope }) => {
  const { n } = configOf(layer, repeatConfig);
  const [width] = x.shape as [Size];
  const row = reshape(scope, x, [1, width]);
  return n === 1 ? row : scope.node('Expand', [row, scope.int64('shape', [1, n, 1])], { ...row, shape: [n, width] });
};
