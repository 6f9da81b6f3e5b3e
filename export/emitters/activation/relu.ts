import { z } from 'zod';
import { configOf } from '../../layers-model/layer.ts';
import type { Emitter } from '../emitter.ts';
import { activate } from './activate.ts';

const reluConfig = z.object({ maxValue: z.number().nullish() });

/** ReLU: min(max(x, 0), maxValue) */
export const emitReLU: Emitter = ({ layer, inputs: [x], scope }) => {
  const { maxValue } = configOf(layer, reluConfig);
  if (maxValue == null) return activate(scope, 'relu', x);
  return scope.node('Clip', [x, scope.float32('min', [], [0]), scope.float32('max', [], [maxValue])], x);
};
