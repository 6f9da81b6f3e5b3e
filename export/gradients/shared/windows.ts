import { type Attributes, ints } from '../../graph/attributes.ts';
import { OpenSize, plus, remainder, type Size } from '../../graph/size.ts';
import type { NodeProto } from '../../onnx/proto.ts';
import { NoRule } from '../no-rule.ts';
import { intsOf, stringOf } from './attributes.ts';

/** What convolutions and poolings have in common: windows that slide over the axes of space. */

export interface Windows {
  readonly kernel: readonly number[];
  readonly strides: readonly number[];
  readonly dilations: readonly number[];
  /** Padding before and after each axis. */
  readonly before: readonly number[];
  readonly after: readonly number[];
}

/** @param kernel sizes of the window, where the operator does not say them @throws NoRule where the padding is automatic */
export function windowsOf(node: NodeProto, kernel: readonly number[]): Windows {
  if (stringOf(node, 'auto_pad', 'NOTSET') !== 'NOTSET') throw new NoRule('its padding is automatic');
  const axes = kernel.length;
  const ones = Array<number>(axes).fill(1);
  const pads = intsOf(node, 'pads') ?? Array<number>(2 * axes).fill(0);
  return {
    kernel,
    strides: intsOf(node, 'strides') ?? ones,
    dilations: intsOf(node, 'dilations') ?? ones,
    before: pads.slice(0, axes),
    after: pads.slice(axes),
  };
}

/** Elements at the end of each padded axis that no window reaches. @throws OpenSize where that follows from an open size */
export function unreached({ kernel, strides, dilations, before, after }: Windows, space: readonly Size[]): number[] {
  return space.map((size, i) => {
    const [k, stride, dilation] = [kernel[i], strides[i], dilations[i]] as [number, number, number];
    const padded = plus(size, (before[i] as number) + (after[i] as number));
    const left = remainder(plus(padded, -dilation * (k - 1) - 1), stride);
    if (left === undefined) throw new OpenSize(String(size));
    return left;
  });
}

/** How a transposed convolution says them. */
export const attributesOf = ({ kernel, strides, dilations, before, after }: Windows): Attributes => ({
  dilations: ints(dilations),
  kernel_shape: ints(kernel),
  pads: ints([...before, ...after]),
  strides: ints(strides),
});
