import { z } from 'zod';
import { configOf } from '../../layers-model/layer.ts';
import type { Emitter } from '../emitter.ts';
import { dataFormat, imageAxes } from '../shared/spatial.ts';
import { borders, crop } from './borders.ts';

const croppingConfig = z.object({ cropping: borders, dataFormat });

/** Cropping2D: rows and columns off every side. */
export const emitCropping2D: Emitter = ({ layer, inputs: [x], scope }) => {
  const config = configOf(layer, croppingConfig);
  return crop(scope, x, imageAxes[config.dataFormat], config.cropping);
};
