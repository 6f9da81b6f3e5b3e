import { z } from 'zod';
import { reshape } from '../../graph/layout.ts';
import { divided, product } from '../../graph/size.ts';
import { configOf } from '../../layers-model/layer.ts';
import type { Emitter } from '../emitter.ts';

const reshapeConfig = z.object({ targetShape: z.array(z.int().nullable()) });

/** Reshape: `[batch, …]` → `[batch, …targetShape]`, in the order of tfjs; the one unknown size follows from the rest. */
export const emitReshape: Emitter = ({ layer, inputs: [x], scope }) => {
  const { targetShape } = configOf(layer, reshapeConfig);
  const known = targetShape.reduce<number>((sizes, size) => sizes * (size ?? 1), 1);
  return reshape(
    scope,
    x,
    targetShape.map((size) => size ?? divided(product(x.shape), known, 'floor')),
  );
};
