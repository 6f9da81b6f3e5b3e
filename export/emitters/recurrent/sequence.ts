import { ints } from '../../graph/attributes.ts';
import type { Scope } from '../../graph/scope.ts';
import { fixedSize, type Size } from '../../graph/size.ts';
import { storedOrder, type Value } from '../../graph/value.ts';

/** Sequences on their way into recurrent cells and out of them. */

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
