import { z } from 'zod';
import { string } from '../../graph/attributes.ts';
import { castTo } from '../../graph/cast.ts';
import { times } from '../../graph/size.ts';
import { configOf } from '../../layers-model/layer.ts';
import type { Emitter } from '../emitter.ts';
import { dataFormat, pair, spatialForm, spatialOf } from '../shared/spatial.ts';
import { interpolation } from './resize.ts';

const upSamplingConfig = z.object({ size: pair, dataFormat, interpolation });

/** UpSampling2D: output pixel i is taken at input coordinate i / scale, without a half-pixel shift. */
export const emitUpSampling2D: Emitter = ({ layer, inputs: [x], scope }) => {
  const config = configOf(layer, upSamplingConfig);
  const own = config.interpolation === 'nearest' ? x : castTo(scope, x, 'float32');
  const { value, channels, sizes } = spatialOf(scope, own, config.dataFormat);
  const form = spatialForm(config.dataFormat, {
    channels,
    sizes: sizes.map((size, i) => times(size, config.size[i] as number)),
  });
  return scope.node(
    'Resize',
    [value, '', scope.float32('scales', [4], [1, 1, ...config.size])],
    { ...form, type: own.type },
    {
      coordinate_transformation_mode: string('asymmetric'),
      mode: string(config.interpolation === 'nearest' ? 'nearest' : 'linear'),
      nearest_mode: string('floor'),
    },
  );
};
