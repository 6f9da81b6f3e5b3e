import * as tf from '@tensorflow/tfjs';
import type { Attributes, Inputs, Kernel } from './kernel.ts';

/**
 * Convolutions with padding "same" whose windows leave gaps between them, because the kernel is smaller than the stride.
 * Where the last gap reaches over the edge, so that less than no padding would do, the WASM backend of tfjs 4.22 answers
 * with zeros and a line on the console: for 8 × 8 pixels, a kernel of 3 and a stride of 4, for instance. Here the
 * padding is written out and the backend convolves without any.
 */

type Padding = readonly [before: number, after: number];

/** Zeros before and after one axis under padding "same". */
function samePadding(size: number, kernel: number, stride: number): Padding {
  const total = Math.max(0, (Math.ceil(size / stride) - 1) * stride + kernel - size);
  return [Math.floor(total / 2), Math.ceil(total / 2)];
}

const pairOf = (strides: unknown): readonly [number, number] =>
  (Array.isArray(strides) ? strides : [strides, strides]) as [number, number];

/** Whether a kernel is smaller than its stride, under padding "same". */
export function leavesGaps({ filter }: Inputs, { pad, strides }: Attributes): boolean {
  const [sh, sw] = pairOf(strides);
  return pad === 'same' && ((filter.shape[0] as number) < sh || (filter.shape[1] as number) < sw);
}

/** The same with the zeros written out. */
function padded({ x, filter }: Inputs, { strides }: Attributes): tf.Tensor4D {
  const [sh, sw] = pairOf(strides);
  const rows = samePadding(x.shape[1] as number, filter.shape[0] as number, sh);
  const columns = samePadding(x.shape[2] as number, filter.shape[1] as number, sw);
  return tf.pad(x as tf.Tensor4D, [[0, 0], [...rows], [...columns], [0, 0]]);
}

/** A convolution whose windows leave gaps. `x [N, H, W, C]`, `filter [KH, KW, C, O]` → `[N, OH, OW, O]` */
export const conv2d: Kernel = (inputs, attrs) =>
  tf.conv2d(padded(inputs, attrs), inputs.filter as tf.Tensor4D, attrs['strides'] as [number, number], 'valid');

/** The same with the bias and the activation that layers have when they only predict. */
export const fusedConv2d: Kernel = (inputs, attrs) =>
  tf.fused.conv2d({
    ...(attrs as Pick<Parameters<typeof tf.fused.conv2d>[0], 'strides' | 'activation' | 'leakyreluAlpha'>),
    x: padded(inputs, attrs),
    filter: inputs.filter as tf.Tensor4D,
    pad: 'valid',
    ...(inputs.bias && { bias: inputs.bias }),
    ...(inputs.preluActivationWeights && { preluActivationWeights: inputs.preluActivationWeights }),
  });
