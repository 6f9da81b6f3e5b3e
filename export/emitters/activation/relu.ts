import { z } from 'zod';
import { typeOf } from '../../graph/value.ts';
import { configOf } from '../../layers-model/layer.ts';
import type { Emitter } from '../emitter.ts';
import { activate } from './activate.ts';

const reluConfig = z.object({ maxValue: z.number().nullish() });

/** ReLU: min(max(x, 0), maxValue) */
export const emitReLU: Emitter = ({ layer, inputs: [x], scope }) => {
  const { maxValue } = configOf(layer, reluConfig);
  if (maxValue == null) return activate(scope, 'relu', x);
  const number = typeOf(x) === 'int32' ? scope.int32 : scope.float32;
  return scope.node('Clip', [x, number('min', [], [0]), number('max', [], [maxValue])], x);
};
