import * as tf from '@tensorflow/tfjs';
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import { type Attributes, type Kernel, registerKernel } from './kernel.ts';
import { conv2d, fusedConv2d, leavesGaps } from './wasm-gaps.ts';

/**
 * Kernels that training needs and the WASM backend of tfjs 4.22 lacks, or has wrong or only in a slow scalar form. Each
 * is written as kernels that the backend runs through XNNPACK. The registry is global, so they are registered once.
 */

interface ConvAttributes {
  readonly strides: number | [number, number];
  readonly pad: 'valid' | 'same' | number | tf.backend_util.ExplicitPadding;
  readonly dataFormat?: 'NHWC' | 'NCHW';
  readonly dimRoundingMode?: 'floor' | 'round' | 'ceil';
}

function convInfo(
  inShape: number[],
  filterShape: number[],
  { strides, pad, dimRoundingMode }: ConvAttributes,
): tf.backend_util.Conv2DInfo {
  return tf.backend_util.computeConv2DInfo(
    inShape as [number, number, number, number],
    filterShape as [number, number, number, number],
    strides,
    1,
    pad,
    dimRoundingMode,
  );
}

/**
 * Gradient of a convolution by its filter, as a forward convolution: with batch and channels swapped, `x` is the
 * image and `dy` the filter, dilated by the forward stride.
 * `x [N, H, W, C]`, `dy [N, OH, OW, O]` → `[KH, KW, C, O]`
 */
const conv2dBackpropFilter: Kernel = ({ x, dy }, attrs) => {
  const filterShape = attrs['filterShape'] as [number, number, number, number];
  const info = convInfo((x as tf.Tensor).shape, filterShape, attrs as unknown as ConvAttributes);
  const { top, bottom, left, right } = info.padInfo;
  const image = tf.transpose(
    tf.pad(x as tf.Tensor4D, [
      [0, 0],
      [top, bottom],
      [left, right],
      [0, 0],
    ]),
    [3, 1, 2, 0],
  );
  const filter = tf.transpose(dy as tf.Tensor4D, [1, 2, 0, 3]);
  const full = tf.conv2d(image, filter, 1, 'valid', 'NHWC', [info.strideHeight, info.strideWidth]);
  const [KH, KW, C, O] = filterShape;
  return tf.transpose(tf.slice(full, [0, 0, 0, 0], [C, KH, KW, O]), [1, 2, 0, 3]);
};

/**
 * Gradient of a convolution by its input, which is also the forward pass of a transposed convolution, as a
 * convolution of stride 1 and a depth-to-space: output pixel `s·q + r` collects the filter taps `k = r + s·j`, so the
 * s² phases r are s² groups of output channels of one small convolution (Shi et al. 2016, arXiv 1609.07009).
 * `dy [N, OH, OW, O]`, `filter [KH, KW, C, O]` → `[N, H, W, C]`
 */
const conv2dBackpropInput: Kernel = ({ dy, filter }, attrs) => {
  const inputShape = attrs['inputShape'] as [number, number, number, number];
  const taps = filter as tf.Tensor4D;
  const info = convInfo(inputShape, taps.shape, attrs as unknown as ConvAttributes);
  const { strideHeight: s, padInfo, outHeight, outWidth } = info;
  if (s !== info.strideWidth) throw new Error(`conv2dBackpropInput: strides [${s}, ${info.strideWidth}] must be equal`);
  const [N, H, W, C] = inputShape;
  const [KH, KW, , O] = taps.shape;
  const JH = Math.ceil(KH / s);
  const JW = Math.ceil(KW / s);
  const phases = tf.reverse(
    tf.reshape(
      tf.transpose(
        tf.reshape(
          tf.pad(taps, [
            [0, JH * s - KH],
            [0, JW * s - KW],
            [0, 0],
            [0, 0],
          ]),
          [JH, s, JW, s, C, O],
        ),
        [0, 2, 5, 1, 3, 4],
      ),
      [JH, JW, O, s * s * C],
    ) as tf.Tensor4D,
    [0, 1],
  );
  // Rows past the last window (a forward remainder) get no gradient: zeros, by padding dy at the end.
  const extra = (size: number, before: number, out: number, J: number) =>
    Math.max(0, Math.ceil((before + size) / s) - (out + J - 1));
  const padded = tf.pad(dy as tf.Tensor4D, [
    [0, 0],
    [JH - 1, JH - 1 + extra(H, padInfo.top, outHeight, JH)],
    [JW - 1, JW - 1 + extra(W, padInfo.left, outWidth, JW)],
    [0, 0],
  ]);
  const columns = tf.conv2d(padded, phases, 1, 'valid');
  return interleave(columns, s, [padInfo.top, padInfo.left], [N, H, W, C]);
};

/**
 * Depth-to-space and crop in one pass over memory: `[N, QH, QW, s·s·C] → [N, H, W, C]`, where row i of the result is
 * row `i + top` of the full image. (The backend's own DepthToSpace and Slice take four times as long as the convolution.)
 */
function interleave(
  columns: tf.Tensor4D,
  s: number,
  [top, left]: [number, number],
  shape: [number, number, number, number],
): tf.Tensor4D {
  const backend = tf.backend() as BackendWasm;
  const [N, H, W, C] = shape;
  const [, QH, QW, depth] = columns.shape;
  const output = backend.makeOutput(shape, 'float32');
  const from = backend.typedArrayFromHeap(columns);
  const to = backend.typedArrayFromHeap(output);
  let target = 0;
  for (let n = 0; n < N; n++) {
    for (let i = top; i < top + H; i++) {
      const row = (n * QH + Math.floor(i / s)) * QW;
      const phaseRow = (i % s) * s;
      for (let j = left; j < left + W; j++) {
        const source = (row + Math.floor(j / s)) * depth + (phaseRow + (j % s)) * C;
        for (let c = 0; c < C; c++) to[target++] = from[source + c] as number;
      }
    }
  }
  return tf.engine().makeTensorFromTensorInfo(output) as tf.Tensor4D;
}

/** What `DepthwiseConv2dNativeBackprop*` are called with. */
const depthwiseInfo = (xShape: number[], filterShape: number[], attrs: Attributes): tf.backend_util.Conv2DInfo => {
  const { strides, pad } = attrs as unknown as ConvAttributes;
  const shape = xShape as [number, number, number, number];
  return tf.backend_util.computeConv2DInfo(
    shape,
    filterShape as [number, number, number, number],
    strides,
    1,
    pad,
    undefined,
    true,
  );
};

/** `[N, OH, OW, C·M] → [N, OH, OW, C, M]` */
const byMultiplier = (dy: tf.Tensor, [, , C = 0, M = 0]: readonly number[]): tf.Tensor =>
  tf.reshape(dy, [...dy.shape.slice(0, 3), C, M]);

/** Every tap of a filter, with its row and column. */
const taps = ([KH = 0, KW = 0]: readonly number[]): [number, number][] =>
  Array.from({ length: KH * KW }, (_, i) => [Math.floor(i / KW), i % KW]);

/**
 * Gradient of a depthwise convolution by its filter, tap by tap: the inner product of dy with the window that the tap
 * saw. `x [N, H, W, C]`, `dy [N, OH, OW, C·M]` → `[KH, KW, C, M]`
 */
const depthwiseBackpropFilter: Kernel = ({ x, dy }, attrs) => {
  const filterShape = attrs['filterShape'] as [number, number, number, number];
  const {
    padInfo,
    strideHeight: sh,
    strideWidth: sw,
    outHeight,
    outWidth,
  } = depthwiseInfo(x.shape, filterShape, attrs);
  const { top, bottom, left, right } = padInfo;
  const image = tf.pad(x as tf.Tensor4D, [
    [0, 0],
    [top, bottom],
    [left, right],
    [0, 0],
  ]);
  const [N, , , C] = image.shape;
  const output = byMultiplier(dy, filterShape);
  const gradients = taps(filterShape).map(([i, j]) => {
    const end = [N, i + (outHeight - 1) * sh + 1, j + (outWidth - 1) * sw + 1, C];
    const window = tf.stridedSlice(image, [0, i, j, 0], end, [1, sh, sw, 1]);
    return tf.sum(tf.mul(tf.expandDims(window, 4), output), [0, 1, 2]);
  });
  return tf.reshape(tf.stack(gradients), filterShape);
};

/**
 * Gradient of a depthwise convolution of stride 1 by its input: what each tap of the filter makes of dy, laid where the
 * tap looked. `dy [N, OH, OW, C·M]`, `filter [KH, KW, C, M]` → `[N, H, W, C]`
 */
const depthwiseBackpropInput: Kernel = ({ dy, filter }, attrs) => {
  const inputShape = attrs['inputShape'] as [number, number, number, number];
  const { padInfo, strideHeight, strideWidth, outHeight, outWidth } = depthwiseInfo(inputShape, filter.shape, attrs);
  if (strideHeight !== 1 || strideWidth !== 1) {
    throw new Error(`depthwiseBackpropInput: strides [${strideHeight}, ${strideWidth}] must be 1`);
  }
  const [N, H, W, C] = inputShape;
  const { top, bottom, left, right } = padInfo;
  const [height, width] = [H + top + bottom, W + left + right];
  const output = byMultiplier(dy, filter.shape);
  const parts = taps(filter.shape).map(([i, j]) => {
    const weights = tf.slice(filter as tf.Tensor4D, [i, j, 0, 0], [1, 1, -1, -1]);
    const part = tf.sum(tf.mul(output, tf.expandDims(weights, 0)), 4) as tf.Tensor4D;
    return tf.pad(part, [
      [0, 0],
      [i, height - outHeight - i],
      [j, width - outWidth - j],
      [0, 0],
    ]);
  });
  return tf.slice(tf.addN(parts) as tf.Tensor4D, [0, top, left, 0], [N, H, W, C]);
};

/** `a·b` with transposed operands: XNNPACK multiplies only untransposed matrices, so they are transposed first. */
const batchMatMul: Kernel = ({ a, b }, { transposeA, transposeB }) =>
  tf.matMul(transposeA ? swapLast(a) : a, transposeB ? swapLast(b) : b);

function swapLast(matrices: tf.Tensor): tf.Tensor {
  const axes = matrices.shape.map((_, axis) => axis);
  return tf.transpose(matrices, [...axes.slice(0, -2), ...axes.slice(-2).reverse()]);
}

/** Idempotent: the stock backend has no Conv2DBackpropFilter, so its presence says that this ran. */
export function registerWasmKernels(): void {
  if (tf.getKernel('Conv2DBackpropFilter', 'wasm') !== undefined) return;
  registerKernel('wasm', 'Conv2D', conv2d, leavesGaps);
  registerKernel('wasm', 'FusedConv2D', fusedConv2d, leavesGaps);
  registerKernel('wasm', 'Conv2DBackpropFilter', conv2dBackpropFilter);
  registerKernel('wasm', 'Conv2DBackpropInput', conv2dBackpropInput);
  registerKernel('wasm', 'DepthwiseConv2dNativeBackpropFilter', depthwiseBackpropFilter);
  registerKernel('wasm', 'DepthwiseConv2dNativeBackpropInput', depthwiseBackpropInput);
  registerKernel('wasm', 'BatchMatMul', batchMatMul, (_inputs, { transposeA, transposeB }) =>
    Boolean(transposeA || transposeB),
  );
}
