import { z } from 'zod';
import { ints } from '../../graph/attributes.ts';
import { configOf } from '../../layers-model/layer.ts';
import { activate } from '../activation/activate.ts';
import type { Emitter } from '../emitter.ts';
import { transposedWindow } from '../shared/padding.ts';
import { pads, spatialForm, spatialOf } from '../shared/spatial.ts';
import { biasOf, convConfig, kernelOf } from './conv.ts';

/**
 * Transposed convolution over `rank` axes: kernel `[…size, out, in]` → `[in, out, …size]`. tfjs ignores a dilation
 * here, and leaves it out of the configuration.
 */
function transposedConvolution(rank: number): Emitter {
  const schema = convConfig(rank).omit({ dilationRate: true }).extend({ filters: z.int().positive() });
  return ({ layer, inputs: [x], scope }) => {
    const config = configOf(layer, schema);
    const { kernelSize, strides } = config;
    const image = spatialOf(scope, x, config.dataFormat);
    const windows = image.sizes.map((size, i) =>
      transposedWindow(size, kernelSize[i] as number, strides[i] as number, config.padding),
    );
    const sizes = windows.map(({ output }) => output);
    const y = scope.node(
      'ConvTranspose',
      [image.value, kernelOf(layer, scope, 'kernel'), ...biasOf(layer, scope, config.useBias)],
      spatialForm(config.dataFormat, { channels: config.filters, sizes }),
      {
        kernel_shape: ints(kernelSize),
        output_padding: ints(windows.map(({ extra }) => extra)),
        pads: pads(windows),
        strides: ints(strides),
      },
    );
    return activate(scope, config.activation, y);
  };
}

export const emitConv2DTranspose = transposedConvolution(2);
export const emitConv3DTranspose = transposedConvolution(3);
