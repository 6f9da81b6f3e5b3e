import { z } from 'zod';
import { float } from '../../graph/attributes.ts';
import { configOf } from '../../layers-model/layer.ts';
import type { Emitter } from '../emitter.ts';

const thresholdedConfig = z.object({ theta: z.number() });

/** ThresholdedReLU: x where x > θ, else 0 */
export const emitThresholdedReLU: Emitter = ({ layer, inputs: [x], scope }) =>
  scope.node('ThresholdedRelu', [x], x, { alpha: float(configOf(layer, thresholdedConfig).theta) });
