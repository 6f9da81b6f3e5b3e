import { z } from 'zod';
import { string } from '../graph.ts';
import { configOf } from '../layer.ts';
import type { Emitter } from './emitter.ts';
import { dataFormat, imageOf, imageOutput, pair } from './image.ts';

const upSamplingConfig = z.object({ size: pair, dataFormat, interpolation: z.enum(['nearest', 'bilinear']) });

/** UpSampling2D: output pixel i is taken at input coordinate i / scale, without a half-pixel shift. */
export const emitUpSampling2D: Emitter = ({ layer, inputs: [x], scope }) => {
  const config = configOf(layer, upSamplingConfig);
  const image = imageOf(scope, x, config.dataFormat);
  const [sh, sw] = config.size;
  return scope.node(
    'Resize',
    [image.value, '', scope.float32('scales', [4], [1, 1, sh, sw])],
    imageOutput(config.dataFormat, { channels: image.channels, height: image.height * sh, width: image.width * sw }),
    {
      coordinate_transformation_mode: string('asymmetric'),
      mode: string(config.interpolation === 'nearest' ? 'nearest' : 'linear'),
      nearest_mode: string('floor'),
    },
  );
};
