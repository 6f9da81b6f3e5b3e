import { z } from 'zod';
import { SennError } from '../../../core/errors.ts';
import type { Value } from '../../graph/value.ts';
import { configOf, describe, type Layer, type Weight, weightOf } from '../../layers-model/layer.ts';
import { type ActivationName, activationName } from '../activation/activate.ts';

/** tfjs's recurrent cells: the operator of ONNX that does the same, gates, weights, activations. */

/** What a cell's output, or candidate, goes through; and what its other gates do, where it has such. */
interface CellActivations {
  readonly activation: ActivationName;
  readonly recurrentActivation: ActivationName;
}

/** How a cell of tfjs runs as an operator of ONNX. */
export interface CellRule {
  readonly operator: 'RNN' | 'GRU' | 'LSTM';
  /** Gate i of ONNX is gate `gates[i]` of tfjs. */
  readonly gates: readonly number[];
  /** Its activations in the order in which ONNX wants them. */
  readonly activations: readonly (keyof CellActivations)[];
  /** The output, and for an LSTM the carry. */
  readonly states: number;
}

const rules: Readonly<Record<string, CellRule>> = {
  SimpleRNNCell: { operator: 'RNN', gates: [0], activations: ['activation'], states: 1 },
  /** tfjs and ONNX: update, reset, hidden. */
  GRUCell: { operator: 'GRU', gates: [0, 1, 2], activations: ['recurrentActivation', 'activation'], states: 1 },
  /** tfjs: input, forget, carry, output; ONNX: input, output, forget, carry. */
  LSTMCell: {
    operator: 'LSTM',
    gates: [0, 3, 1, 2],
    activations: ['recurrentActivation', 'activation', 'activation'],
    states: 2,
  },
};

/** @throws unsupported_layer */
function ruleOf(cell: Layer): CellRule {
  const rule = rules[cell.getClassName()];
  if (rule === undefined) {
    const names = Object.keys(rules).join(', ');
    throw new SennError('unsupported_layer', `${describe(cell)}: a recurrent layer must have cells of ${names}`);
  }
  return rule;
}

const cellConfig = z.object({
  units: z.int().positive(),
  useBias: z.boolean(),
  activation: activationName,
  recurrentActivation: activationName.default('linear'),
});

export interface Cell extends CellActivations {
  readonly rule: CellRule;
  readonly units: number;
  /** `[in, gates·units]`, the gates as tfjs has them, as in all of these. */
  readonly kernel: Weight;
  /** `[units, gates·units]` */
  readonly recurrentKernel: Weight;
  /** `[gates·units]` */
  readonly bias: Weight | undefined;
}

/** @throws unsupported_layer | invalid_model */
export function cellOf(layer: Layer): Cell {
  const rule = ruleOf(layer);
  const { useBias, ...config } = configOf(layer, cellConfig);
  return {
    ...config,
    rule,
    kernel: weightOf(layer, 'kernel'),
    recurrentKernel: weightOf(layer, 'recurrent_kernel'),
    bias: useBias ? weightOf(layer, 'bias') : undefined,
  };
}

export type Direction = 'forward' | 'reverse' | 'bidirectional';

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
