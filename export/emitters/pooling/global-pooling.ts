import { z } from 'zod';
import { configOf } from '../../layers-model/layer.ts';
import type { Emitter } from '../emitter.ts';
import { type Reduction, reduce } from '../shared/reduce.ts';
import { dataFormat, imageAxes } from '../shared/spatial.ts';

/** Global pooling: the mean or maximum over all of a sequence or image. */

const globalConfig = z.object({ dataFormat });

const globalPooling1D =
  (reduction: Reduction): Emitter =>
  ({ inputs: [x], scope }) =>
    reduce(scope, reduction, x, { axes: [1] });

const globalPooling2D =
  (reduction: Reduction): Emitter =>
  ({ layer, inputs: [x], scope }) =>
    reduce(scope, reduction, x, { axes: imageAxes[configOf(layer, globalConfig).dataFormat] });

export const emitGlobalAveragePooling1D = globalPooling1D('ReduceMean');
export const emitGlobalAveragePooling2D = globalPooling2D('ReduceMean');
export const emitGlobalMaxPooling1D = globalPooling1D('ReduceMax');
export const emitGlobalMaxPooling2D = globalPooling2D('ReduceMax');
