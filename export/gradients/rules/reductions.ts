import { fixedSize, product } from '../../graph/size.ts';
import { NoRule } from '../no-rule.ts';
import type { Call, Rule } from '../rule.ts';
import { intOf, intsOf } from '../shared/attributes.ts';
import { expandedLike, reshaped, summed } from '../shared/shapes.ts';

/** Reductions along axes, and what normalises along one. */

/** The axes of a reduction, counted from the front: an attribute up to opset 17, an operand from 18 on. */
function axesOf({ node, x: [x, operand], build }: Call): number[] {
  const rank = build.dims(x as string).length;
  const told = operand ? build.wholeNumbers(operand) : intsOf(node, 'axes');
  if (operand && told === undefined) throw new NoRule('its axes are no constant');
  const all = Array.from({ length: rank }, (_, axis) => axis);
  if (told === undefined || told.length === 0) return intOf(node, 'noop_with_empty_axes', 0) ? [] : all;
  return told.map((axis) => (axis < 0 ? axis + rank : axis));
}

/** A result or its cotangent with the axes that were reduced, of size one. */
function kept(call: Call, value: string, axes: readonly number[]): string {
  const dims = call.build.dims(call.x[0] as string);
  return reshaped(
    call.build,
    value,
    dims.map((size, i) => (axes.includes(i) ? 1 : size)),
  );
}

/** A rule of the cotangent with its axes and of the shape of x. */
const reduction =
  (back: (call: Call, cotangent: string, axes: readonly number[]) => string): Rule =>
  (call) => {
    const axes = axesOf(call);
    return [back(call, kept(call, call.dy[0] as string, axes), axes)];
  };

const reduceSum = reduction(({ build, x: [x] }, cotangent) => expandedLike(build, cotangent, x as string));

const reduceMean = reduction(({ build, x: [x] }, cotangent, axes) => {
  const dims = build.dims(x as string);
  const count = product(axes.map((axis) => dims[axis] as number | string));
  const share = build.float32('share', [], [1 / fixedSize(count)]);
  return expandedLike(build, build.op('Mul', [cotangent, share], build.dims(cotangent)), x as string);
});

/** To the largest element; those that tie share it equally, which is a subgradient (as TensorFlow and JAX have it). */
const reduceMax = reduction((call, cotangent, axes) => {
  const { build } = call;
  const [x, y] = [call.x[0] as string, kept(call, call.y[0] as string, axes)];
  const dims = build.dims(x);
  const largest = build.op('Equal', [x, y], dims, {}, 'bool');
  const [one, zero] = [build.float32('number', [], [1]), build.float32('number', [], [0])];
  const mask = build.op('Where', [largest, one, zero], dims);
  const ties = summed(build, mask, axes, true);
  return build.op('Mul', [mask, build.op('Div', [cotangent, ties], build.dims(ties))], dims);
});

/** softmax(x) = e^(x − y) */
const reduceLogSumExp = reduction((call, cotangent, axes) => {
  const { build } = call;
  const x = call.x[0] as string;
  const dims = build.dims(x);
  const shares = build.op('Exp', [build.op('Sub', [x, kept(call, call.y[0] as string, axes)], dims)], dims);
  return build.op('Mul', [cotangent, shares], dims);
});

/** A rule of softmax's kind, which is given a sum along its axis that keeps it. */
const alongAxis =
  (
    back: (call: Call, sum: (value: string) => string, op: (opType: string, ...operands: string[]) => string) => string,
  ): Rule =>
  (call) => {
    const dims = call.build.dims(call.x[0] as string);
    const axis = intOf(call.node, 'axis', -1);
    const positive = axis < 0 ? axis + dims.length : axis;
    const op = (opType: string, ...operands: string[]) => call.build.op(opType, operands, dims);
    return [back(call, (value) => summed(call.build, value, [positive], true), op)];
  };

/** y·(dy − Σ y·dy) */
const softmax = alongAxis(({ y: [y], dy: [dy] }, sum, op) =>
  op('Mul', y as string, op('Sub', dy as string, sum(op('Mul', y as string, dy as string)))),
);

/** dy − eʸ·Σ dy */
const logSoftmax = alongAxis(({ y: [y], dy: [dy] }, sum, op) =>
  op('Sub', dy as string, op('Mul', op('Exp', y as string), sum(dy as string))),
);

export const reductionRules = {
  LogSoftmax: logSoftmax,
  ReduceLogSumExp: reduceLogSumExp,
  ReduceMax: reduceMax,
  ReduceMean: reduceMean,
  ReduceSum: reduceSum,
  Softmax: softmax,
} as const satisfies Record<string, Rule>;
