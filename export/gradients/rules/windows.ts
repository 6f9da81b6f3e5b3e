import { int, ints, string } from '../../graph/attributes.ts';
import { fixedSize, product, type Size } from '../../graph/size.ts';
import { NoRule } from '../no-rule.ts';
import type { Rule } from '../rule.ts';
import { intOf, intsOf } from '../shared/attributes.ts';
import { reshapedLike, summed } from '../shared/shapes.ts';
import { attributesOf, unreached, type Windows, windowsOf } from '../shared/windows.ts';

/** Convolutions and poolings. */

const CONSTANT_KERNEL = 'its kernel depends on the input';

/** Every axis but the channels, over which a bias was repeated. */
const besideChannels = (dims: readonly Size[]): number[] => dims.map((_, i) => i).filter((axis) => axis !== 1);

/** A convolution is undone by the transposed one with the same kernel, which fills up what no window reached. */
const conv: Rule = ({ node, x: [x, w], dy: [dy], wants, build }) => {
  if (wants(1)) throw new NoRule(CONSTANT_KERNEL);
  const [dims, kernel] = [build.dims(x as string), build.dims(w as string).slice(2) as number[]];
  const windows = windowsOf(node, kernel);
  return [
    wants(0)
      ? build.op('ConvTranspose', [dy as string, w as string], dims, {
          ...attributesOf(windows),
          group: int(intOf(node, 'group', 1)),
          output_padding: ints(unreached(windows, dims.slice(2))),
        })
      : undefined,
    undefined,
    wants(2) ? summed(build, dy as string, besideChannels(build.dims(dy as string)), false) : undefined,
  ];
};

/** And the other way round. */
const convTranspose: Rule = ({ node, x: [x, w], dy: [dy], wants, build }) => {
  if (wants(1)) throw new NoRule(CONSTANT_KERNEL);
  if (intsOf(node, 'output_shape') !== undefined) throw new NoRule('its padding follows from output_shape');
  const windows = windowsOf(node, build.dims(w as string).slice(2) as number[]);
  return [
    wants(0)
      ? build.op('Conv', [dy as string, w as string], build.dims(x as string), {
          ...attributesOf(windows),
          group: int(intOf(node, 'group', 1)),
        })
      : undefined,
    undefined,
    wants(2) ? summed(build, dy as string, besideChannels(build.dims(dy as string)), false) : undefined,
  ];
};

/**
 * Gives the cotangent of each window to its largest element, of those that tie to the first in the order of rows, as
 * TensorFlow has it. MaxPool itself says which it took.
 */
const maxPool: Rule = ({ node, x: [x], y: [y], dy: [dy], build }) => {
  const [dims, pooled] = [build.dims(x as string), build.dims(y as string)];
  if (intOf(node, 'storage_order', 0) !== 0) throw new NoRule('its indices are in the order of columns');
  const indices = build.further(node, 1, pooled, 'int64');
  const flat = (value: string, type: 'float32' | 'int64' = 'float32') =>
    build.op('Reshape', [value, build.int64('flat', [-1])], [product(pooled)], {}, type);
  const count = build.op('Size', [x as string], [], {}, 'int64');
  const length = build.op('Unsqueeze', [count, build.int64('axes', [0])], [1], {}, 'int64');
  const zeros = build.op('ConstantOfShape', [length], [product(dims)]);
  const operands = [zeros, flat(indices, 'int64'), flat(dy as string)];
  const scattered = build.op('ScatterElements', operands, [product(dims)], { reduction: string('add') });
  return [reshapedLike(build, scattered, x as string)];
};

/** How many elements each window along an axis has, its padding left out. */
function counts(windows: Windows, axis: number, size: number, outputs: number): number[] {
  const [k, stride, dilation] = [windows.kernel, windows.strides, windows.dilations].map((list) => list[axis]) as [
    number,
    number,
    number,
  ];
  return Array.from({ length: outputs }, (_, o) => {
    const start = o * stride - (windows.before[axis] as number);
    const taken = Array.from({ length: k }, (__, i) => start + i * dilation);
    return taken.filter((at) => at >= 0 && at < size).length;
  });
}

/** Gives each element of a window an equal share: a transposed convolution of each channel with ones. */
const averagePool: Rule = ({ node, x: [x], dy: [dy], build }) => {
  const [dims, pooled] = [build.dims(x as string), build.dims(dy as string)];
  const windows = windowsOf(node, intsOf(node, 'kernel_shape') ?? []);
  const { kernel, before, after } = windows;
  const channels = fixedSize(dims[1] as Size);
  const everywhere = kernel.reduce((a, b) => a * b, 1);
  const isPadded = [...before, ...after].some((size) => size > 0) && intOf(node, 'count_include_pad', 0) === 0;
  const isCut = intOf(node, 'ceil_mode', 0) !== 0;
  if (isCut) throw new NoRule('its windows may reach over the end (ceil_mode)');
  const perAxis = kernel.map((k, axis) =>
    isPadded ? counts(windows, axis, fixedSize(dims[axis + 2] as Size), fixedSize(pooled[axis + 2] as Size)) : [k],
  );
  const sizes = perAxis.reduce((all, along) => all.flatMap((a) => along.map((b) => a * b)), [1]);
  const divisor = isPadded
    ? build.float32('sizes', [1, 1, ...perAxis.map(({ length }) => length)], sizes)
    : build.float32('size', [], [everywhere]);
  const shares = build.op('Div', [dy as string, divisor], pooled);
  const ones = build.float32('ones', [channels, 1, ...kernel], Array<number>(channels * everywhere).fill(1));
  return [
    build.op('ConvTranspose', [shares, ones], dims, {
      ...attributesOf(windows),
      group: int(channels),
      output_padding: ints(unreached(windows, dims.slice(2))),
    }),
  ];
};

export const windowRules = {
  AveragePool: averagePool,
  Conv: conv,
  ConvTranspose: convTranspose,
  MaxPool: maxPool,
} as const satisfies Record<string, Rule>;
