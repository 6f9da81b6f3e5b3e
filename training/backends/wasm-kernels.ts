import * as tf from '@tensorflow/tfjs';
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';

/**
 * Kernels that training needs and the WASM backend of tfjs 4.22 lacks, or has only in a slow scalar form. Each is
 * written as kernels that the backend runs through XNNPACK. The registry is global, so they are registered once.
 */

type Inputs = Record<'x' | 'dy' | 'filter' | 'a' | 'b', tf.Tensor>;
type Attributes = Record<string, unknown>;
type Kernel = (inputs: Inputs, attrs: Attributes) => tf.Tensor;

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

/** `a·b` with transposed operands: XNNPACK multiplies only untransposed matrices, so they are transposed first. */
const batchMatMul: Kernel = ({ a, b }, { transposeA, transposeB }) =>
  tf.matMul(transposeA ? swapLast(a) : a, transposeB ? swapLast(b) : b);

function swapLast(matrices: tf.Tensor): tf.Tensor {
  const axes = matrices.shape.map((_, axis) => axis);
  return tf.transpose(matrices, [...axes.slice(0, -2), ...axes.slice(-2).reverse()]);
}

/** Puts a kernel in the place of the backend's own, or only for the calls that `when` picks. */
function register(kernelName: string, kernel: Kernel, when: (attrs: Attributes) => boolean = () => true): void {
  const original = tf.getKernel(kernelName, 'wasm');
  if (original !== undefined) tf.unregisterKernel(kernelName, 'wasm');
  tf.registerKernel({
    ...original,
    kernelName,
    backendName: 'wasm',
    kernelFunc: (call) => {
      const attrs = (call.attrs ?? {}) as Attributes;
      return original === undefined || when(attrs)
        ? tf.tidy(() => kernel(call.inputs as unknown as Inputs, attrs))
        : original.kernelFunc(call);
    },
  });
}

/** Idempotent: the stock backend has no Conv2DBackpropFilter, so its presence says that this ran. */
export function registerWasmKernels(): void {
  if (tf.getKernel('Conv2DBackpropFilter', 'wasm') !== undefined) return;
  register('Conv2DBackpropFilter', conv2dBackpropFilter);
  register('Conv2DBackpropInput', conv2dBackpropInput);
  register('BatchMatMul', batchMatMul, ({ transposeA, transposeB }) => Boolean(transposeA || transposeB));
}
