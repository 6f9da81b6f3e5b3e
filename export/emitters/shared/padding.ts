import { divided, OpenSize, plus, remainder, type Size, times } from '../../graph/size.ts';

/** Arithmetic of sliding windows along one axis, as tfjs does it. Explicit, because ONNX's SAME_* is deprecated. */

export type Padding = 'valid' | 'same';

export interface Window {
  /** Windows along the axis. */
  readonly output: Size;
  /** Padding before and after. With `same`, an odd one goes to the end. */
  readonly before: number;
  readonly after: number;
}

function split(total: number): Pick<Window, 'before' | 'after'> {
  const before = Math.floor(total / 2);
  return { before, after: total - before };
}

/**
 * Convolution and pooling. `same`: output = ⌈size / stride⌉.
 * @throws OpenSize where the padding of an open size depends on what it turns out to be
 */
export function slidingWindow(size: Size, kernel: number, stride: number, dilation: number, padding: Padding): Window {
  const span = (kernel - 1) * dilation + 1;
  if (padding === 'valid') return { output: plus(divided(plus(size, -span), stride, 'floor'), 1), before: 0, after: 0 };
  const output = divided(size, stride, 'ceil');
  if (span === 1) return { output, ...split(0) };
  // The last window starts where the last whole stride does.
  const rest = remainder(plus(size, -1), stride);
  if (rest === undefined) throw new OpenSize(size as string);
  return { output, ...split(Math.max(span - 1 - rest, 0)) };
}

/**
 * Transposed convolution: ONNX's output is (size − 1)·stride + kernel − padding + `extra`, and tfjs's is size·stride,
 * to which `valid` adds what the kernel reaches beyond the stride.
 */
export function transposedWindow(
  size: Size,
  kernel: number,
  stride: number,
  padding: Padding,
): Window & { readonly extra: number } {
  const overlap = Math.max(kernel - stride, 0);
  return {
    output: plus(times(size, stride), padding === 'valid' ? overlap : 0),
    ...split(padding === 'same' ? overlap : 0),
    extra: Math.max(stride - kernel, 0),
  };
}
