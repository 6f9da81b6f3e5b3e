import { z } from 'zod';
import { int } from '../../graph/attributes.ts';
import { castTo } from '../../graph/cast.ts';
import { storedShape, typeOf } from '../../graph/value.ts';
import { configOf } from '../../layers-model/layer.ts';
import { dataType } from '../../onnx/proto.ts';
import type { Emitter } from '../emitter.ts';
import { reduce } from '../shared/reduce.ts';

const maskingConfig = z.object({ maskValue: z.number() });

/** Masking: zeros where the whole last axis is `maskValue`. The mask itself goes nowhere (see masks.ts). */
export const emitMasking: Emitter = ({ layer, inputs: [x], scope }) => {
  const value = scope.float32('mask_value', [], [configOf(layer, maskingConfig).maskValue]);
  const bits = [{ dims: [scope.batch, ...storedShape(x)], type: 'bool' }] as const;
  const unequal = scope.raw('Not', scope.raw('Equal', [castTo(scope, x, 'float32'), value], bits), bits);
  const ones = scope.node('Cast', unequal, x, { to: int(dataType[typeOf(x)]) });
  return scope.node('Mul', [x, reduce(scope, 'ReduceMax', ones, { axes: [-1], keep: true })], x);
};
