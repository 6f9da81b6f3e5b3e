import { z } from 'zod';
import { type Attribute, int, ints } from '../graph.ts';
import { configOf } from '../layer.ts';
import { slidingWindow } from '../padding.ts';
import type { Emitter } from './emitter.ts';
import { dataFormat, imageOf, imageOutput, padding, pads, pair } from './image.ts';

const poolingConfig = z.object({ poolSize: pair, strides: pair, padding, dataFormat });

function pooling(opType: string, attributes: Readonly<Record<string, Attribute>>): Emitter {
  return ({ layer, inputs: [x], scope }) => {
    const config = configOf(layer, poolingConfig);
    const image = imageOf(scope, x, config.dataFormat);
    const [kh, kw] = config.poolSize;
    const [sh, sw] = config.strides;
    const vertical = slidingWindow(image.height, kh, sh, 1, config.padding);
    const horizontal = slidingWindow(image.width, kw, sw, 1, config.padding);
    return scope.node(
      opType,
      [image.value],
      imageOutput(config.dataFormat, { channels: image.channels, height: vertical.output, width: horizontal.output }),
      { ...attributes, kernel_shape: ints([kh, kw]), pads: pads(vertical, horizontal), strides: ints([sh, sw]) },
    );
  };
}

export const emitMaxPooling2D = pooling('MaxPool', {});

/** The mean over the window's pixels, without its padding. */
export const emitAveragePooling2D = pooling('AveragePool', { count_include_pad: int(0) });
