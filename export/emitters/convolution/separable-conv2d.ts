import { z } from 'zod';
import type { Value } from '../../graph/value.ts';
import { configOf } from '../../layers-model/layer.ts';
import { activate } from '../activation/activate.ts';
import type { Emitter } from '../emitter.ts';
import { biasOf, convConfig, convolve, kernelOf } from './conv.ts';
import { depthwiseKernel } from './depthwise-conv2d.ts';

const separableConfig = convConfig(2).extend({ filters: z.int().positive() });

/** An image of tfjs as it would be with its channels last; its data stay where they are. */
const channelsLast = ({ name, shape: [channels, ...sizes] }: Value): Value => ({
  name,
  shape: [...sizes, channels as number],
  layout: 'channelsFirst',
});

/**
 * SeparableConv2D: a Conv channel by channel, then a 1×1 Conv over channels. tfjs activates while the channels are
 * last, and then moves them. (With `channelsFirst` and a bias tfjs 4.22 fails: this is the layer's definition.)
 */
export const emitSeparableConv2D: Emitter = ({ layer, inputs: [x], scope }) => {
  const config = configOf(layer, separableConfig);
  const { name, group, channels } = depthwiseKernel(layer, scope);
  const spread = convolve(scope, x, { ...config, channels, weights: [name], group });
  const mixed = convolve(scope, spread, {
    ...config,
    kernelSize: [1, 1],
    strides: [1, 1],
    dilationRate: [1, 1],
    channels: config.filters,
    weights: [kernelOf(layer, scope, 'pointwise_kernel'), ...biasOf(layer, scope, config.useBias)],
  });
  if (config.dataFormat === 'channelsLast') return activate(scope, config.activation, mixed);
  return { ...mixed, name: activate(scope, config.activation, channelsLast(mixed)).name };
};
