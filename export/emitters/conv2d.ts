import { z } from 'zod';
import { activate, activationName } from '../activations.ts';
import { ints, type Scope, type Value } from '../graph.ts';
import { configOf, type Layer, permute, weightOf } from '../layer.ts';
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

/** What a convolution of either direction reads: image, kernel `[kh, kw, a, b]` → `[b, a, kh, kw]`, and bias if any. */
export function convOperands(
  layer: Layer,
  scope: Scope,
  image: Value,
  { filters, useBias }: { readonly filters: number; readonly useBias: boolean },
): (Value | string)[] {
  const kernel = permute(weightOf(layer, 'kernel'), [3, 2, 0, 1]);
  const operands = [image, scope.float32('kernel', kernel.shape, kernel.data)];
  if (useBias) operands.push(scope.float32('bias', [filters], weightOf(layer, 'bias').data));
  return operands;
}

/** Conv2D: kernel `[kh, kw, in, out]` → `[out, in, kh, kw]`. */
export const emitConv2D: Emitter = ({ layer, inputs: [x], scope }) => {
  const config = configOf(layer, convConfig);
  const image = imageOf(scope, x, config.dataFormat);
  const [kh, kw] = config.kernelSize;
  const [sh, sw] = config.strides;
  const [dh, dw] = config.dilationRate;
  const vertical = slidingWindow(image.height, kh, sh, dh, config.padding);
  const horizontal = slidingWindow(image.width, kw, sw, dw, config.padding);
  const y = scope.node(
    'Conv',
    convOperands(layer, scope, image.value, config),
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
