import type { Builder } from '../builder.ts';
import type { Call, Rule } from '../rule.ts';
import { broadcastDims, unbroadcast } from '../shared/shapes.ts';

/** Operators of several operands with broadcasting: each gets the sum over the axes along which it was repeated. */

/** What a formula of an operand's gradient sees: operators with broadcasting. */
interface Formula {
  readonly x: readonly string[];
  readonly y: string;
  readonly dy: string;
  readonly op: (opType: string, ...operands: readonly string[]) => string;
  readonly is: (opType: string, ...operands: readonly string[]) => string;
  readonly number: (value: number) => string;
}

function formulaOf({ x, y, dy, build }: Call): Formula {
  const dimsOf = (names: readonly string[]) => broadcastDims(...names.map((name) => build.dims(name)));
  return {
    ...{ x, y: y[0] as string, dy: dy[0] as string },
    op: (opType, ...names) => build.op(opType, names, dimsOf(names)),
    is: (opType, ...names) => build.op(opType, names, dimsOf(names), {}, 'bool'),
    number: (value) => build.float32('number', [], [value]),
  };
}

const summedTo = (build: Builder, x: readonly string[], i: number, value: string): string =>
  unbroadcast(build, value, x[i] as string);

/** A rule by a formula for each operand. */
const operands =
  (...formulas: readonly ((formula: Formula) => string)[]): Rule =>
  (call) =>
    formulas.map((back, i) => (call.wants(i) ? summedTo(call.build, call.x, i, back(formulaOf(call))) : undefined));

const at = (x: readonly string[], i: number): string => x[i] as string;
const add = operands(
  ({ dy }) => dy,
  ({ dy }) => dy,
);
const sub = operands(
  ({ dy }) => dy,
  ({ op, dy }) => op('Neg', dy),
);
const mul = operands(
  ({ op, x, dy }) => op('Mul', dy, at(x, 1)),
  ({ op, x, dy }) => op('Mul', dy, at(x, 0)),
);
/** y = a/b: ∂y/∂b = −y/b */
const div = operands(
  ({ op, x, dy }) => op('Div', dy, at(x, 1)),
  ({ op, x, y, dy }) => op('Neg', op('Div', op('Mul', dy, y), at(x, 1))),
);
/** y = aᵇ: ∂y/∂a = b·aᵇ⁻¹, ∂y/∂b = y·log a where a is positive */
const pow = operands(
  ({ op, x, dy, number }) => op('Mul', dy, op('Mul', at(x, 1), op('Pow', at(x, 0), op('Sub', at(x, 1), number(1))))),
  ({ op, is, x, y, dy, number }) => {
    const positive = is('Greater', at(x, 0), number(0));
    const logarithm = op('Log', op('Where', positive, at(x, 0), number(1)));
    return op('Mul', dy, op('Mul', y, logarithm));
  },
);
const where = operands(
  ({ dy }) => dy, // the condition, of which no gradient is wanted
  ({ op, x, dy, number }) => op('Where', at(x, 0), dy, number(0)),
  ({ op, x, dy, number }) => op('Where', at(x, 0), number(0), dy),
);
const prelu = operands(
  ({ op, is, x, dy, number }) => op('Where', is('Greater', at(x, 0), number(0)), dy, op('Mul', dy, at(x, 1))),
  ({ op, is, x, dy, number }) => op('Where', is('Greater', at(x, 0), number(0)), number(0), op('Mul', dy, at(x, 0))),
);

/** Between its ends 1, and at the upper one (see activations.ts); outside 0. Its ends are constants. */
const clip: Rule = (call) => {
  const { op, is, x, dy, number } = formulaOf(call);
  const conditions = [
    ...(x[1] ? [is('Greater', at(x, 0), x[1])] : []),
    ...(x[2] ? [is('LessOrEqual', at(x, 0), x[2])] : []),
  ];
  const [first, second] = conditions;
  if (first === undefined) return [dy];
  return [op('Where', second === undefined ? first : is('And', first, second), dy, number(0))];
};

/** The mean and the sum of any number of operands. */
const shared =
  (weight: (count: number) => number): Rule =>
  (call) => {
    const { op, x, dy, number } = formulaOf(call);
    const share = weight(x.length) === 1 ? dy : op('Mul', dy, number(weight(x.length)));
    return x.map((_, i) => (call.wants(i) ? summedTo(call.build, x, i, share) : undefined));
  };

/** The largest or the smallest of any number of operands; of those that tie the first, as TensorFlow.js has it. */
const extreme: Rule = (call) => {
  const { op, is, x, y, dy, number } = formulaOf(call);
  let taken: string | undefined;
  return x.map((operand, i) => {
    const equal = is('Equal', operand, y);
    const won = taken === undefined ? equal : is('And', equal, is('Not', taken));
    taken = taken === undefined ? equal : is('Or', taken, equal);
    return call.wants(i) ? summedTo(call.build, x, i, op('Where', won, dy, number(0))) : undefined;
  });
};

export const broadcastingRules = {
  Add: add,
  Clip: clip,
  Div: div,
  Max: extreme,
  Mean: shared((count) => 1 / count),
  Min: extreme,
  Mul: mul,
  PRelu: prelu,
  Pow: pow,
  Sub: sub,
  Sum: shared(() => 1),
  Where: where,
} as const satisfies Record<string, Rule>;
