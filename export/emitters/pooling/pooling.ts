import { z } from 'zod';
import { type Attributes, int, ints } from '../../graph/attributes.ts';
import { castTo } from '../../graph/cast.ts';
import { typeOf } from '../../graph/value.ts';
import { configOf } from '../../layers-model/layer.ts';
import type { Emitter } from '../emitter.ts';
import { slidingWindow } from '../shared/padding.ts';
import { dataFormat, padding, pads, perAxis, spatialForm, spatialOf } from '../shared/spatial.ts';

/** Pooling over windows of `rank` axes. ONNX has it of float32 alone: whole numbers are that on their way. */
function pooling(opType: string, rank: number, attributes: Attributes): Emitter {
  const schema = z.object({
    poolSize: perAxis(rank),
    strides: perAxis(rank),
    padding,
    dataFormat: dataFormat.default('channelsLast'),
  });
  return ({ layer, inputs: [x], scope }) => {
    const config = configOf(layer, schema);
    const { poolSize, strides } = config;
    const image = spatialOf(scope, castTo(scope, x, 'float32'), config.dataFormat);
    const windows = image.sizes.map((size, i) =>
      slidingWindow(size, poolSize[i] as number, strides[i] as number, 1, config.padding),
    );
    const sizes = windows.map(({ output }) => output);
    const pooled = scope.node(
      opType,
      [image.value],
      spatialForm(config.dataFormat, { channels: image.channels, sizes }),
      {
        ...attributes,
        kernel_shape: ints(poolSize),
        pads: pads(windows),
        strides: ints(strides),
      },
    );
    return castTo(scope, pooled, typeOf(x));
  };
}

const max = (rank: number) => pooling('MaxPool', rank, {});

/** The mean over the window's elements, without its padding. */
const average = (rank: number) => pooling('AveragePool', rank, { count_include_pad: int(0) });

export const emitMaxPooling1D = max(1);
export const emitMaxPooling2D = max(2);
export const emitMaxPooling3D = max(3);
export const emitAveragePooling1D = average(1);
export const emitAveragePooling2D = average(2);
export const emitAveragePooling3D = average(3);
