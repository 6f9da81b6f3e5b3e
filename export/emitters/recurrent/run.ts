import { int, ints } from '../../graph/attributes.ts';
import type { Scope } from '../../graph/scope.ts';
import { fixedSize, type Size } from '../../graph/size.ts';
import { storedOrder, type Value } from '../../graph/value.ts';
import { type Cell, cellAttributes } from './cells.ts';

/** Runs of recurrent cells: sequences and states on their way into an operator and out of it. */

export type Direction = 'forward' | 'reverse' | 'bidirectional';

/** A sequence as ONNX's recurrent operators take it: `[length, batch, width]`. */
export interface Steps {
  readonly name: string;
  readonly length: Size;
  readonly width: number;
}

/** `[batch, T, F]` → `[T, batch, F]` */
export function timeMajor(scope: Scope, x: Value): Steps {
  const [length, last] = x.shape as [Size, Size];
  const width = fixedSize(last);
  const stored = storedOrder(x);
  const perm = ints([1, 0, 2].map((axis) => stored.indexOf(axis)));
  const [name] = scope.raw('Transpose', [x], [{ dims: [length, scope.batch, width] }], { perm });
  return { name: name as string, length, width };
}

export interface CellRun {
  /** One cell, or one for each of the two directions. */
  readonly cells: readonly Cell[];
  readonly direction: Direction;
  /** For each state the values that each direction starts from; none where all of them are zero. */
  readonly initial: readonly (readonly Value[])[];
  /** What is asked for: the outputs of every step, and the first so many states after the last one. */
  readonly wanted: { readonly sequence: boolean; readonly states: number };
}

export interface CellResult {
  /** `[T, directions, batch, units]`; in either direction, output t is that of input t. */
  readonly sequence: string;
  /** Each `[directions, batch, units]`. */
  readonly states: readonly string[];
}

/** The start of one state `[directions, batch, units]`; `''` for zeros. */
function initialState(scope: Scope, starts: readonly Value[]): string {
  if (starts.length === 0) return '';
  const units = starts[0]?.shape[0] as Size;
  const rows = starts.flatMap((start) =>
    scope.raw('Unsqueeze', [start, scope.int64('axes', [0])], [{ dims: [1, scope.batch, units] }]),
  );
  if (rows.length === 1) return rows[0] as string;
  const dims = [rows.length, scope.batch, units];
  return scope.raw('Concat', rows, [{ dims }], { axis: int(0) })[0] as string;
}

/** The elements of several weights one after the other; of one, its own memory. */
function concatenated(parts: readonly Float32Array[]): Float32Array {
  if (parts.length === 1) return parts[0] as Float32Array;
  const all = new Float32Array(parts.reduce((sum, { length }) => sum + length, 0));
  let offset = 0;
  for (const part of parts) {
    all.set(part, offset);
    offset += part.length;
  }
  return all;
}

/** One RNN, GRU or LSTM node. */
export function runCell(scope: Scope, steps: Steps, { cells, direction, initial, wanted }: CellRun): CellResult {
  const [{ rule, units }] = cells as [Cell];
  const D = cells.length;
  const rows = rule.gates.length * units;
  const joined = (of: (cell: Cell) => Float32Array) => concatenated(cells.map(of));
  const bias = cells.every(({ weights }) => weights.bias === undefined)
    ? ''
    : scope.float32(
        'bias',
        [D, 2 * rows],
        joined(({ weights }) => weights.bias as Float32Array),
      );
  const operands = [
    steps.name,
    scope.float32(
      'kernel',
      [D, rows, steps.width],
      joined(({ weights }) => weights.input),
    ),
    scope.float32(
      'recurrent_kernel',
      [D, rows, units],
      joined(({ weights }) => weights.recurrent),
    ),
    bias,
    '',
    ...initial.map((starts) => initialState(scope, starts)),
  ];
  const used = operands.slice(0, operands.findLastIndex((operand) => operand !== '') + 1);
  const state = { dims: [D, scope.batch, units] };
  const outputs = [
    wanted.sequence ? { dims: [steps.length, D, scope.batch, units] } : undefined,
    ...Array.from({ length: wanted.states }, () => state),
  ];
  const [sequence, ...states] = scope.raw(rule.operator, used, outputs, cellAttributes(cells, direction));
  return { sequence: sequence as string, states };
}

/** `[T, 1, batch, units]` → the steps of the next cell. */
export function stepsOf(scope: Scope, sequence: string, { length }: Steps, width: number): Steps {
  const dims = [length, scope.batch, width];
  const [name] = scope.raw('Squeeze', [sequence, scope.int64('axes', [1])], [{ dims }]);
  return { name: name as string, length, width };
}

/** An end of a Slice backwards that is before every start (ONNX, Slice: INT_MIN). */
const BEFORE_THE_START = -(2 ** 31);

/** The steps the other way round, as tfjs gives them where it goes backwards. */
export function reversed(scope: Scope, steps: Steps): Steps {
  const { length, width } = steps;
  const end = typeof length === 'number' ? -length - 1 : BEFORE_THE_START;
  const [starts, ends] = [scope.int64('starts', [-1]), scope.int64('ends', [end])];
  const operands = [steps.name, starts, ends, scope.int64('axes', [0]), scope.int64('steps', [-1])];
  const [name] = scope.raw('Slice', operands, [{ dims: [length, scope.batch, width] }]);
  return { name: name as string, length, width };
}
