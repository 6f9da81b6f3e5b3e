import { z } from 'zod';
import { configOf } from '../../layers-model/layer.ts';
import type { Emitter } from '../emitter.ts';
import { interpolation, resize } from './resize.ts';

const size = z.int().positive();
const resizingConfig = z.object({ height: size, width: size, interpolation, cropToAspectRatio: z.boolean() });

/** Resizing. What tfjs calls cropToAspectRatio crops nothing: it only lets the corner pixels move. */
export const emitResizing: Emitter = ({ layer, inputs: [x], scope }) => {
  const { height, width, interpolation: kind, cropToAspectRatio } = configOf(layer, resizingConfig);
  const how = { dataFormat: 'channelsLast', interpolation: kind, alignCorners: !cropToAspectRatio } as const;
  return resize(scope, x, [height, width], how);
};
