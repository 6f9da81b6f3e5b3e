import { z } from 'zod';
import { configOf } from '../../layers-model/layer.ts';
import type { Emitter } from '../emitter.ts';
import { dataFormat, imageAxes } from '../shared/spatial.ts';
import { borders, pad } from './borders.ts';

const paddingConfig = z.object({ padding: borders, dataFormat });

/** ZeroPadding2D: rows and columns of zeros on every side. */
export const emitZeroPadding2D: Emitter = ({ layer, inputs: [x], scope }) => {
  const config = configOf(layer, paddingConfig);
  return pad(scope, x, imageAxes[config.dataFormat], config.padding);
};
