import { z } from 'zod';
import { sizeOf } from '../../../core/tensor.ts';
import { reshape } from '../../graph/layout.ts';
import { configOf } from '../../layers-model/layer.ts';
import type { Emitter } from '../emitter.ts';

const reshapeConfig = z.object({ targetShape: z.array(z.int().nullable()) });

/** Reshape: `[batch, …]` → `[batch, …targetShape]`, in the order of tfjs; the one unknown size follows from the rest. */
export const emitReshape: Emitter = ({ layer, inputs: [x], scope }) => {
  const { targetShape } = configOf(layer, reshapeConfig);
  const known = targetShape.filter((size) => size !== null).reduce((product, size) => product * size, 1);
  return reshape(
    scope,
    x,
    targetShape.map((size) => size ?? sizeOf(x.shape) / known),
  );
};
