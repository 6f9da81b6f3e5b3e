/** Arithmetic of sliding windows along one axis, as tfjs does it. Explicit, because ONNX's SAME_* is deprecated. */

export type Padding = 'valid' | 'same';

export interface Window {
  /** Windows along the axis. */
  readonly output: number;
  /** Padding before and after. With `same`, an odd one goes to the end. */
  readonly before: number;
  readonly after: number;
}

function split(total: number): Pick<Window, 'before' | 'after'> {
  const before = Math.floor(total / 2);
  return { before, after: total - before };
}

/** Convolution and pooling. `same`: output = ⌈size / stride⌉. */
export function slidingWindow(
  size: number,
  kernel: number,
  stride: number,
  dilation: number,
  padding: Padding,
): Window {
  const span = (kernel - 1) * dilation + 1;
  if (padding === 'valid') return { output: Math.floor((size - span) / stride) + 1, before: 0, after: 0 };
  const output = Math.ceil(size / stride);
  return { output, ...split(Math.max((output - 1) * stride + span - size, 0)) };
}

/**
 * Transposed convolution: ONNX's output is (size − 1)·stride + kernel − padding + `extra`, and tfjs's is size·stride,
 * to which `valid` adds what the kernel reaches beyond the stride.
 */
export function transposedWindow(
  size: number,
  kernel: number,
  stride: number,
  padding: Padding,
): Window & { readonly extra: number } {
  const overlap = Math.max(kernel - stride, 0);
  return {
    output: size * stride + (padding === 'valid' ? overlap : 0),
    ...split(padding === 'same' ? overlap : 0),
    extra: Math.max(stride - kernel, 0),
  };
}
