import { z } from 'zod';
import { SennError } from '../../../core/errors.ts';
import { int, ints } from '../../graph/attributes.ts';
import type { Scope } from '../../graph/scope.ts';
import type { Value } from '../../graph/value.ts';
import { configOf, describe, type Layer, permute, weightOf } from '../../layers-model/layer.ts';
import { activate, activationName } from '../activation/activate.ts';
import type { Emitter } from '../emitter.ts';
import { type Padding, slidingWindow } from '../shared/padding.ts';
import { type DataFormat, dataFormat, padding, pads, perAxis, spatialForm, spatialOf } from '../shared/spatial.ts';

/** Conv1D, Conv2D and Conv3D, and `convolve`, which the other convolutions are made with. */

/** What the configurations of convolutions over `rank` axes share. */
export const convConfig = (rank: number) =>
  z.object({
    kernelSize: perAxis(rank),
    strides: perAxis(rank),
    padding,
    dataFormat: dataFormat.default('channelsLast'),
    dilationRate: perAxis(rank),
    activation: activationName,
    useBias: z.boolean(),
  });

interface Convolution {
  readonly kernelSize: readonly number[];
  readonly strides: readonly number[];
  readonly dilationRate: readonly number[];
  readonly padding: Padding;
  readonly dataFormat: DataFormat;
  /** Channels of the output. */
  readonly channels: number;
  /** Names of the kernel `[out, in / group, …kernelSize]` and, where there is one, the bias `[out]`. */
  readonly weights: readonly string[];
  readonly group?: number;
}

/** One Conv node. */
export function convolve(scope: Scope, x: Value, convolution: Convolution): Value {
  const { channels, weights, kernelSize, strides, dilationRate, group } = convolution;
  const image = spatialOf(scope, x, convolution.dataFormat);
  const windows = image.sizes.map((size, i) => {
    const [kernel, stride, dilation] = [kernelSize[i], strides[i], dilationRate[i]] as [number, number, number];
    return slidingWindow(size, kernel, stride, dilation, convolution.padding);
  });
  const form = spatialForm(convolution.dataFormat, { channels, sizes: windows.map(({ output }) => output) });
  return scope.node('Conv', [image.value, ...weights], form, {
    dilations: ints(dilationRate),
    ...(group !== undefined && { group: int(group) }),
    kernel_shape: ints(kernelSize),
    pads: pads(windows),
    strides: ints(strides),
  });
}

/** The bias of a layer that has one: `[]` or its name. */
export function biasOf(layer: Layer, scope: Scope, useBias: boolean): string[] {
  if (!useBias) return [];
  const { shape, data } = weightOf(layer, 'bias');
  return [scope.float32('bias', shape, data)];
}

/** A kernel `[…size, a, b]` → `[b, a, …size]`, by its name in the layer and in the graph. */
export function kernelOf(layer: Layer, scope: Scope, name: string): string {
  const weight = weightOf(layer, name);
  const rank = weight.shape.length - 2;
  const axes = [rank + 1, rank, ...Array(rank).keys()];
  const shape = axes.map((axis) => weight.shape[axis] as number);
  return scope.float32(name, shape, (target) => permute(weight, axes, target));
}

/** Convolution over `rank` axes: kernel `[…size, in, out]` → `[out, in, …size]`. */
function convolution(rank: number): Emitter {
  const schema = convConfig(rank).extend({ filters: z.int().positive() });
  return ({ layer, inputs: [x], scope }) => {
    const config = configOf(layer, schema);
    const weights = [kernelOf(layer, scope, 'kernel'), ...biasOf(layer, scope, config.useBias)];
    return activate(scope, config.activation, convolve(scope, x, { ...config, channels: config.filters, weights }));
  };
}

const conv1D = convolution(1);

/** Conv1D. With `channelsFirst`, which its configuration does not tell, tfjs answers in another shape than it says. */
export const emitConv1D: Emitter = (call) => {
  const { layer } = call;
  if ('dataFormat' in layer && layer.dataFormat === 'channelsFirst') {
    throw new SennError('unsupported_layer', `${describe(layer)}: dataFormat must be "channelsLast"`);
  }
  return conv1D(call);
};
export const emitConv2D = convolution(2);
export const emitConv3D = convolution(3);
