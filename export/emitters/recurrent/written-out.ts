import { int } from '../../graph/attributes.ts';
import type { Scope } from '../../graph/scope.ts';
import type { Size } from '../../graph/size.ts';
import type { Value } from '../../graph/value.ts';
import { activate } from '../activation/activate.ts';
import type { Cell, CellResult, CellRule, CellRun } from './cells.ts';
import type { Steps } from './sequence.ts';

/**
 * Recurrent cells with activations that ONNX's operators lack (selu, swish, gelu, softmax, …): their steps, whose number
 * must be fixed, written out one after the other.
 */

/** A sequence whose number of steps is known. */
type FixedSteps = Steps & { readonly length: number };

/** What a step is written with. */
interface Pen {
  add(a: Value, b: Value | undefined): Value;
  mul(a: Value, b: Value): Value;
  /** 1 − a */
  rest(a: Value): Value;
  /** Equal parts along the units. */
  split(x: Value, parts: number): Value[];
  /** A state times the recurrent kernel of the gates from … to − 1. */
  recurrent(state: Value, from: number, to: number): Value;
  activation(x: Value): Value;
  recurrentActivation(x: Value): Value;
}

/** What the gates have of the input, and the states before (none where they are zero) → the states after, output first. */
type StepRule = (pen: Pen, x: Value, before: readonly Value[]) => Value[];

/** The steps of tfjs's cells, with its order of gates. */
const stepRules = {
  /** h′ = f(x + h·U) */
  RNN: (pen, x, [h]) => [pen.activation(pen.add(x, h && pen.recurrent(h, 0, 1)))],
  /** Update z and reset r: h′ = z ∘ h + (1 − z) ∘ f(x + (r ∘ h)·U) */
  GRU: (pen, x, [h]) => {
    const [xz, xr, xh] = pen.split(x, 3) as [Value, Value, Value];
    const [hz, hr] = h ? pen.split(pen.recurrent(h, 0, 2), 2) : [];
    const z = pen.recurrentActivation(pen.add(xz, hz));
    const reset = h && pen.mul(pen.recurrentActivation(pen.add(xr, hr)), h);
    const candidate = pen.activation(pen.add(xh, reset && pen.recurrent(reset, 2, 3)));
    return [pen.add(pen.mul(pen.rest(z), candidate), h && pen.mul(z, h))];
  },
  /** Input i, forget f, candidate and output o: c′ = f ∘ c + i ∘ candidate, h′ = o ∘ activation(c′) */
  LSTM: (pen, x, [h, c]) => {
    const gates = pen.add(x, h && pen.recurrent(h, 0, 4));
    const [i, f, candidate, o] = pen.split(gates, 4) as [Value, Value, Value, Value];
    const fresh = pen.mul(pen.recurrentActivation(i), pen.activation(candidate));
    const carry = pen.add(fresh, c && pen.mul(pen.recurrentActivation(f), c));
    return [pen.mul(pen.recurrentActivation(o), pen.activation(carry)), carry];
  },
} as const satisfies Record<CellRule['operator'], StepRule>;

/** Columns of some gates of a kernel `[rows, gates·units]`. */
function columnsOf({ recurrentKernel: { data, shape }, units }: Cell, from: number, to: number): Float32Array {
  const [rows, columns] = shape as [number, number];
  const width = (to - from) * units;
  if (width === columns) return data;
  const kept = new Float32Array(rows * width);
  for (let row = 0; row < rows; row++) {
    const start = row * columns + from * units;
    kept.set(data.subarray(start, start + width), row * width);
  }
  return kept;
}

/** Values of so many units, `[batch, width]`. */
const unitsForm = (width: number) => ({ shape: [width], layout: 'tfjs' }) as const;

function penOf(scope: Scope, cell: Cell): Pen {
  const { units } = cell;
  /** Each made once, and not for every step, by its gates. */
  const kernels = new Map<string, string>();
  return {
    add: (a, b) => (b === undefined ? a : scope.node('Add', [a, b], a)),
    mul: (a, b) => scope.node('Mul', [a, b], a),
    rest: (a) => scope.node('Sub', [scope.float32('one', [], [1]), a], a),
    split(x, parts) {
      const part = { dims: [scope.batch, units] };
      const lengths = scope.int64('gates', new Array<number>(parts).fill(units));
      const outputs = new Array<typeof part>(parts).fill(part);
      return scope.raw('Split', [x, lengths], outputs, { axis: int(1) }).map((name) => ({ name, ...unitsForm(units) }));
    },
    recurrent(state, from, to) {
      const width = (to - from) * units;
      const gates = `${from} ${to}`;
      const kernel = kernels.get(gates) ?? scope.float32('recurrent_kernel', [units, width], columnsOf(cell, from, to));
      kernels.set(gates, kernel);
      return scope.node('MatMul', [state, kernel], unitsForm(width));
    },
    activation: (x) => activate(scope, cell.activation, x),
    recurrentActivation: (x) => activate(scope, cell.recurrentActivation, x),
  };
}

/** What the gates of every step have of the input: one product over all steps, then one value for each. */
function inputGates(scope: Scope, { name, length, width }: FixedSteps, { kernel, bias, units, rule }: Cell): Value[] {
  const columns = rule.gates.length * units;
  const all = { dims: [length, scope.batch, columns] };
  const weights = scope.float32('kernel', [width, columns], kernel.data);
  let [gates] = scope.raw('MatMul', [name, weights], [all]) as [string];
  if (bias) [gates] = scope.raw('Add', [gates, scope.float32('bias', [columns], bias.data)], [all]) as [string];
  return Array.from({ length }, (_, t) =>
    scope.node('Gather', [gates, scope.int64('step', t)], unitsForm(columns), { axis: int(0) }),
  );
}

/** The states after every step, in the order of the input's steps. @param initial `[]` for zeros */
function statesOf(
  scope: Scope,
  steps: FixedSteps,
  cell: Cell,
  backwards: boolean,
  initial: readonly Value[],
): Value[][] {
  const pen = penOf(scope, cell);
  const gates = inputGates(scope, steps, cell);
  let before: readonly Value[] = initial;
  const states = (backwards ? gates.toReversed() : gates).map((x) => {
    const after = stepRules[cell.rule.operator](pen, x, before);
    before = after;
    return after;
  });
  return backwards ? states.toReversed() : states;
}

/** Parts of a tensor joined along an axis in which each of them has size one. */
function joined(scope: Scope, parts: readonly string[], dims: readonly Size[], axis: number): string {
  if (parts.length === 1) return parts[0] as string;
  return scope.raw('Concat', parts, [{ dims: dims.with(axis, parts.length) }], { axis: int(axis) })[0] as string;
}

/** As an operator does it (`runOperator`): the same sequence and states. */
export function runWrittenOut(
  scope: Scope,
  steps: FixedSteps,
  { cells, direction, initial, wanted }: CellRun,
): CellResult {
  const [{ units }] = cells as [Cell];
  const runs = cells.map((cell, d) => {
    const backwards = direction === 'reverse' || d === 1;
    const own = initial.flatMap((starts) => starts.slice(d, d + 1));
    const states = statesOf(scope, steps, cell, backwards, own);
    return { states, last: states.at(backwards ? 0 : -1) as Value[] };
  });
  const raised = (value: Value, axes: readonly number[], dims: readonly Size[]) =>
    scope.raw('Unsqueeze', [value, scope.int64('axes', axes)], [{ dims }])[0] as string;
  const step = [1, 1, scope.batch, units];
  const sequences = wanted.sequence
    ? runs.map(({ states }) => {
        const outputs = states.map(([output]) => raised(output as Value, [0, 1], step));
        return joined(scope, outputs, step, 0);
      })
    : [];
  const state = [1, scope.batch, units];
  return {
    sequence: wanted.sequence ? joined(scope, sequences, step.with(0, steps.length), 1) : '',
    states: Array.from({ length: wanted.states }, (_, i) => {
      const ends = runs.map(({ last }) => raised(last[i] as Value, [0], state));
      return joined(scope, ends, state, 0);
    }),
  };
}
