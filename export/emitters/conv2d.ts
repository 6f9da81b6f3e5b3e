import { z } from 'zod';
import { activate, activationName } from '../activations.ts';
import { ints } from '../graph.ts';
import { configOf, permute, weightOf } from '../layer.ts';
import { slidingWindow } from '../padding.ts';
import type { Emitter } from './emitter.ts';
import { dataFormat, imageOf, imageOutput, padding, pads, pair } from './image.ts';

export const convConfig = z.object({
  filters: z.int().positive(),
  kernelSize: pair,
  strides: pair,
  padding,
  dataFormat,
  dilationRate: pair,
  activation: activationName,
  useBias: z.boolean(),
});

/** Conv2D: kernel `[kh, kw, in, out]` → `[out, in, kh, kw]`. */
export const emitConv2D: Emitter = ({ layer, inputs: [x], scope }) => {
  const config = configOf(layer, convConfig);
  const image = imageOf(scope, x, config.dataFormat);
  const kernel = permute(weightOf(layer, 'kernel'), [3, 2, 0, 1]);
  const [kh, kw] = config.kernelSize;
  const [sh, sw] = config.strides;
  const [dh, dw] = config.dilationRate;
  const vertical = slidingWindow(image.height, kh, sh, dh, config.padding);
  const horizontal = slidingWindow(image.width, kw, sw, dw, config.padding);
  const operands = [image.value, scope.float32('kernel', kernel.shape, kernel.data)];
  if (config.useBias) operands.push(scope.float32('bias', [config.filters], weightOf(layer, 'bias').data));
  const y = scope.node(
    'Conv',
    operands,
    imageOutput(config.dataFormat, { channels: config.filters, height: vertical.output, width: horizontal.output }),
    {
      dilations: ints([dh, dw]),
      kernel_shape: ints([kh, kw]),
      pads: pads(vertical, horizontal),
      strides: ints([sh, sw]),
    },
  );
  return activate(scope, config.activation, y);
};
