import { z } from 'zod';
import { activate } from '../activations.ts';
import { configOf } from '../layer.ts';
import type { Emitter } from './emitter.ts';

const reluConfig = z.object({ maxValue: z.number().nullish() });

/** ReLU: min(max(x, 0), maxValue) */
export const emitReLU: Emitter = ({ layer, inputs: [x], scope }) => {
  const { maxValue } = configOf(layer, reluConfig);
  if (maxValue == null) return activate(scope, 'relu', x);
  return scope.node('Clip', [x, scope.float32('min', [], [0]), scope.float32('max', [], [maxValue])], x);
};
