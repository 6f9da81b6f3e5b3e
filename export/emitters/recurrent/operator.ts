import { type Attributes, floats, int, string, strings } from '../../graph/attributes.ts';
import type { Scope } from '../../graph/scope.ts';
import type { Size } from '../../graph/size.ts';
import type { Value } from '../../graph/value.ts';
import type { Weight } from '../../layers-model/layer.ts';
import type { ActivationName } from '../activation/activate.ts';
import type { Cell, CellResult, CellRun, Direction } from './cells.ts';
import type { Steps } from './sequence.ts';

/** Recurrent cells as ONNX's own operators: weights in their order of gates, and the activations that they have. */

type Own = readonly [name: string, alpha?: number, beta?: number];

/** The operators' own activations: ONNX's name, α and β. */
const ownActivations: Partial<Record<ActivationName, Own>> = {
  linear: ['Affine', 1, 0],
  relu: ['Relu'],
  elu: ['Elu', 1],
  sigmoid: ['Sigmoid'],
  hardSigmoid: ['HardSigmoid', 0.2, 0.5],
  tanh: ['Tanh'],
  softplus: ['Softplus'],
  softsign: ['Softsign'],
};

/** The first activation of the cells that ONNX's operator lacks. */
export function lackingActivation(cells: readonly Cell[]): ActivationName | undefined {
  const names = cells.flatMap((cell) => cell.rule.activations.map((which) => cell[which]));
  return names.find((name) => ownActivations[name] === undefined);
}

/** Of the activations that it has. */
export const ownNames: readonly string[] = Object.keys(ownActivations);

/** `[in, gates·units]` → `[gates·units, in]`, the gates in ONNX's order. */
function gateRows({ shape, data }: Weight, gates: readonly number[]): Float32Array {
  const [inputs, columns] = shape as [number, number];
  const units = columns / gates.length;
  const rows = new Float32Array(data.length);
  gates.forEach((gate, i) => {
    for (let unit = 0; unit < units; unit++) {
      for (let k = 0; k < inputs; k++) {
        rows[(i * units + unit) * inputs + k] = data[k * columns + gate * units + unit] as number;
      }
    }
  });
  return rows;
}

/** `[2·gates·units]`: what is added to the input, and nothing to the state. */
function biasRows({ shape: [columns = 0], data }: Weight, gates: readonly number[]): Float32Array {
  const rows = new Float32Array(2 * columns);
  rows.set(gateRows({ shape: [1, columns], data }, gates));
  return rows;
}

/** The attributes of an operator that runs one cell, or one for each direction. */
function cellAttributes(cells: readonly Cell[], direction: Direction): Attributes {
  const chosen = cells.flatMap((cell) => cell.rule.activations.map((which) => ownActivations[cell[which]] as Own));
  const alphas = chosen.flatMap(([, alpha]) => alpha ?? []);
  const betas = chosen.flatMap(([, , beta]) => beta ?? []);
  return {
    ...(alphas.length && { activation_alpha: floats(alphas) }),
    ...(betas.length && { activation_beta: floats(betas) }),
    activations: strings(chosen.map(([name]) => name)),
    direction: string(direction),
    hidden_size: int((cells[0] as Cell).units),
  };
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
export function runOperator(scope: Scope, steps: Steps, { cells, direction, initial, wanted }: CellRun): CellResult {
  const [{ rule, units }] = cells as [Cell];
  const { gates } = rule;
  const D = cells.length;
  const rows = gates.length * units;
  const joined = (of: (cell: Cell) => Float32Array) => concatenated(cells.map(of));
  const kernel = joined((cell) => gateRows(cell.kernel, gates));
  const recurrentKernel = joined((cell) => gateRows(cell.recurrentKernel, gates));
  const biases = cells.flatMap(({ bias }) => (bias === undefined ? [] : [biasRows(bias, gates)]));
  const operands = [
    steps.name,
    scope.float32('kernel', [D, rows, steps.width], kernel),
    scope.float32('recurrent_kernel', [D, rows, units], recurrentKernel),
    biases.length === 0 ? '' : scope.float32('bias', [D, 2 * rows], concatenated(biases)),
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
