import type { Scope } from '../../graph/scope.ts';
import { configOf, type Layer, permute, weightOf } from '../../layers-model/layer.ts';
import { activate } from '../activation/activate.ts';
import type { Emitter } from '../emitter.ts';
import { biasOf, convConfig, convolve } from './conv.ts';

/** DepthwiseConv2D, and the kernel of a convolution channel by channel, which SeparableConv2D shares. */

interface DepthwiseKernel {
  readonly name: string;
  /** Channels of the input: one group each. */
  readonly group: number;
  /** Channels of the output: each of the input's gives as many as the depth multiplier says. */
  readonly channels: number;
}

/** The kernel of a convolution channel by channel: `[kh, kw, in, multiplier]` → `[in·multiplier, 1, kh, kw]`. */
export function depthwiseKernel(layer: Layer, scope: Scope): DepthwiseKernel {
  const { shape, data } = permute(weightOf(layer, 'depthwise_kernel'), [2, 3, 0, 1]);
  const [group, multiplier, kh, kw] = shape as [number, number, number, number];
  const channels = group * multiplier;
  return { name: scope.float32('depthwise_kernel', [channels, 1, kh, kw], data), group, channels };
}

/** DepthwiseConv2D: a Conv with a group for each channel. tfjs ignores a dilation here. */
export const emitDepthwiseConv2D: Emitter = ({ layer, inputs: [x], scope }) => {
  const config = { ...configOf(layer, convConfig(2)), dilationRate: [1, 1] };
  const { name, group, channels } = depthwiseKernel(layer, scope);
  const weights = [name, ...biasOf(layer, scope, config.useBias)];
  return activate(scope, config.activation, convolve(scope, x, { ...config, channels, weights, group }));
};
