import { z } from 'zod';
import { reshape } from '../../graph/layout.ts';
import { product, type Size } from '../../graph/size.ts';
import { configOf } from '../../layers-model/layer.ts';
import type { Emitter } from '../emitter.ts';
import { dataFormat } from '../shared/spatial.ts';

const flattenConfig = z.object({ dataFormat: dataFormat.optional() });

/**
 * Flatten: `[batch, …]` → `[batch, n]`, in the order of tfjs. With `channelsFirst`, tfjs moves the channels to the
 * end before it flattens: its `[C, …]` is then the stored form of a `[…, C]`.
 */
export const emitFlatten: Emitter = ({ layer, inputs: [x], scope }) => {
  const config = configOf(layer, flattenConfig);
  const moved =
    config.dataFormat === 'channelsFirst' && x.layout === 'tfjs'
      ? ({ ...x, shape: [...x.shape.slice(1), x.shape[0] as Size], layout: 'channelsFirst' } as const)
      : x;
  return reshape(scope, moved, [product(x.shape)]);
};
