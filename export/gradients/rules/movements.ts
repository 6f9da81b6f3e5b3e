import { int, ints, string } from '../../graph/attributes.ts';
import { fixedSize, type Size } from '../../graph/size.ts';
import { NoRule } from '../no-rule.ts';
import type { Call, Rule } from '../rule.ts';
import { intOf, intsOf, stringOf } from '../shared/attributes.ts';
import { reshaped, reshapedLike, summed, unbroadcast, zerosLike } from '../shared/shapes.ts';

/** Operators that only move elements, copy them or leave some out: their gradients move them back and add up copies. */

const positive = (axis: number, rank: number): number => (axis < 0 ? axis + rank : axis);

/** The elements of an operand that says where to and how many. @throws NoRule where it is no constant */
function constant({ x, build }: Call, i: number, what: string): readonly number[] {
  const values = build.wholeNumbers(x[i] as string);
  if (values === undefined) throw new NoRule(`its ${what} are no constant`);
  return values;
}

const relabel: Rule = ({ x: [x], dy: [dy], build }) => [reshapedLike(build, dy as string, x as string)];

/** What is float32 on both sides is passed on as it is. */
const pass: Rule = ({ dy: [dy] }) => [dy];

const transpose: Rule = ({ node, x: [x], dy: [dy], build }) => {
  const dims = build.dims(x as string);
  const perm = intsOf(node, 'perm') ?? dims.map((_, i) => i).toReversed();
  const inverse = dims.map((_, axis) => perm.indexOf(axis));
  return [build.op('Transpose', [dy as string], dims, { perm: ints(inverse) })];
};

/** Each part is a slice of the cotangent. */
const concat: Rule = ({ node, x, dy: [dy], wants, build }) => {
  const axis = positive(intOf(node, 'axis', 0), build.dims(dy as string).length);
  let start = 0;
  return x.map((part, i) => {
    if (x.slice(i).every((_, later) => !wants(i + later))) return undefined; // no size is needed any more
    const dims = build.dims(part);
    const from = start;
    start += fixedSize(dims[axis] as Size);
    if (!wants(i)) return undefined;
    const range = [from, start].map((at, end) => build.int64(end ? 'end' : 'start', [at]));
    return build.op('Slice', [dy as string, ...range, build.int64('axis', [axis])], dims);
  });
};

/** The cotangents of the parts beside each other, zeros where a part has none. */
const split: Rule = ({ node, x: [x], y, dy, build }) => {
  const dims = build.dims(x as string);
  const parts = y.map((part, i) => dy[i] ?? zerosLike(build, part));
  return [build.op('Concat', parts, dims, { axis: int(positive(intOf(node, 'axis', 0), dims.length)) })];
};

/** Zeros where elements were left out; what was turned round whole is turned back. */
const slice: Rule = (call) => {
  const { x, y, dy, build } = call;
  const dims = build.dims(x[0] as string);
  const steps = x[4] ? constant(call, 4, 'steps') : [];
  if (steps.some((step) => step !== 1)) {
    const isWhole = steps.every((step) => step === -1) && dims.join() === build.dims(y[0] as string).join();
    if (!isWhole) throw new NoRule('its steps are not 1');
    return [build.op('Slice', [dy[0] as string, ...x.slice(1)], dims)];
  }
  const [starts, ends] = [constant(call, 1, 'starts'), constant(call, 2, 'ends')];
  const axes = x[3] ? constant(call, 3, 'axes') : starts.map((_, i) => i);
  const [before, after] = [Array<number>(dims.length).fill(0), Array<number>(dims.length).fill(0)];
  axes.forEach((one, i) => {
    const axis = positive(one, dims.length);
    const size = fixedSize(dims[axis] as Size);
    const inside = (at: number): number => Math.min(Math.max(at < 0 ? at + size : at, 0), size);
    before[axis] = inside(starts[i] as number);
    after[axis] = size - inside(ends[i] as number);
  });
  return [build.op('Pad', [dy[0] as string, build.int64('pads', [...before, ...after])], dims)];
};

/** Takes off what was put around. */
const pad: Rule = (call) => {
  const { node, x, dy, build } = call;
  const mode = stringOf(node, 'mode', 'constant');
  if (mode !== 'constant') throw new NoRule(`its mode is ${mode}`);
  if (x[3]) throw new NoRule('it names its axes');
  const pads = constant(call, 1, 'pads').map((size) => (size === 0 ? 0 : -size));
  return [build.op('Pad', [dy[0] as string, build.int64('pads', pads)], build.dims(x[0] as string))];
};

/** Copies stand one after the other along each axis, and are summed. */
const tile: Rule = (call) => {
  const { x, dy, build } = call;
  const repeats = constant(call, 1, 'repeats');
  const dims = build.dims(x[0] as string);
  const parts = dims.map((size, i) => (repeats[i] === 1 ? [size] : [repeats[i] as number, size]));
  const copied = parts.flatMap((part, i) => (part.length === 2 ? [parts.slice(0, i).flat().length] : []));
  return [summed(build, reshaped(build, dy[0] as string, parts.flat()), copied, false)];
};

const expand: Rule = ({ x: [x], dy: [dy], build }) => [unbroadcast(build, dy as string, x as string)];

/** Each element that was taken gets the cotangents of all places that it was taken to. */
const gather: Rule = ({ node, x, dy: [dy], wants, build }) => {
  if (!wants(0)) return [];
  const [source, indices] = x as [string, string];
  const [dims, taken] = [build.dims(source), build.dims(indices)];
  if (taken.length > 1) throw new NoRule('its indices are no list');
  const axis = positive(intOf(node, 'axis', 0), dims.length);
  const count = taken[0] ?? 1;
  const placed = dims.with(axis, count);
  const cotangent = reshaped(build, dy as string, placed, undefined);
  const flat = dims.map((_, i) => (i === axis ? -1 : 1));
  const column = build.op(
    'Reshape',
    [indices, build.int64('column', flat)],
    dims.map((_, i) => (i === axis ? count : 1)),
    {},
    'int64',
  );
  const shape = build.op('Shape', [cotangent], [dims.length], {}, 'int64');
  const places = build.op('Expand', [column, shape], placed, {}, 'int64');
  const operands = [zerosLike(build, source), places, cotangent];
  return [build.op('ScatterElements', operands, dims, { axis: int(axis), reduction: string('add') })];
};

export const movementRules = {
  Cast: pass,
  Concat: concat,
  Expand: expand,
  Flatten: relabel,
  Gather: gather,
  Identity: pass,
  Pad: pad,
  Reshape: relabel,
  Slice: slice,
  Split: split,
  Squeeze: relabel,
  Tile: tile,
  Transpose: transpose,
  Unsqueeze: relabel,
} as const satisfies Record<string, Rule>;
