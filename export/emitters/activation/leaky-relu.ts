import { z } from 'zod';
import { float } from '../../graph/attributes.ts';
import { configOf } from '../../layers-model/layer.ts';
import type { Emitter } from '../emitter.ts';

const leakyConfig = z.object({ alpha: z.number() });

/** LeakyReLU: x where x ≥ 0, else α·x */
export const emitLeakyReLU: Emitter = ({ layer, inputs: [x], scope }) =>
  scope.node('LeakyRelu', [x], x, { alpha: float(configOf(layer, leakyConfig).alpha) });
