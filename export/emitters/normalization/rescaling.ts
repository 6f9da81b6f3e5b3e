import { z } from 'zod';
import { withConstant } from '../../graph/constants.ts';
import { configOf } from '../../layers-model/layer.ts';
import type { Emitter } from '../emitter.ts';

const perFeature = z.union([z.number(), z.array(z.number()).min(1)]);
const rescalingConfig = z.object({ scale: perFeature, offset: perFeature });

/** Rescaling: x·scale + offset, with one number for all or one for each index of the last axis. */
export const emitRescaling: Emitter = ({ layer, inputs: [x], scope }) => {
  const { scale, offset } = configOf(layer, rescalingConfig);
  return withConstant(scope, 'Add', withConstant(scope, 'Mul', x, 'scale', scale), 'offset', offset);
};
