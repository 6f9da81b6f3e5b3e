import { z } from 'zod';
import { SennError } from '../../../core/errors.ts';
import { type Attributes, floats, int, string, strings } from '../../graph/attributes.ts';
import { configOf, describe, type Layer, type Weight, weightOf } from '../../layers-model/layer.ts';
import { type ActivationName, activationName } from '../activation/activate.ts';

/** tfjs's recurrent cells in the terms of ONNX's operators: gates, weights, activations. */

/** How a cell of tfjs runs as an operator of ONNX. */
interface CellRule {
  readonly operator: 'RNN' | 'GRU' | 'LSTM';
  /** Gate i of ONNX is gate `gates[i]` of tfjs. */
  readonly gates: readonly number[];
  /** Its activations in the order in which ONNX wants them. */
  readonly activations: readonly ('activation' | 'recurrentActivation')[];
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

/** The operators' own activations: ONNX's name, α and β. */
const activations: Partial<Record<ActivationName, readonly [name: string, alpha?: number, beta?: number]>> = {
  linear: ['Affine', 1, 0],
  relu: ['Relu'],
  elu: ['Elu', 1],
  sigmoid: ['Sigmoid'],
  hardSigmoid: ['HardSigmoid', 0.2, 0.5],
  tanh: ['Tanh'],
  softplus: ['Softplus'],
  softsign: ['Softsign'],
};

const cellConfig = z.object({
  units: z.int().positive(),
  useBias: z.boolean(),
  activation: activationName,
  recurrentActivation: activationName.optional(),
});

function activationOf(cell: Layer, name: ActivationName) {
  const found = activations[name];
  if (found === undefined) {
    const names = Object.keys(activations).join(', ');
    throw new SennError(
      'unsupported_layer',
      `${describe(cell)}: activation "${name}" has no place in ONNX's recurrent operators; choose from ${names}`,
    );
  }
  return found;
}

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

export interface CellWeights {
  /** `[gates·units, in]` */
  readonly input: Float32Array;
  /** `[gates·units, units]` */
  readonly recurrent: Float32Array;
  /** `[2·gates·units]`: what is added to the input, and nothing to the state. */
  readonly bias: Float32Array | undefined;
}

export interface Cell {
  readonly rule: CellRule;
  readonly units: number;
  readonly weights: CellWeights;
  /** One triple for each activation. */
  readonly activations: readonly (readonly [name: string, alpha?: number, beta?: number])[];
}

/** @throws unsupported_layer | invalid_model */
export function cellOf(layer: Layer): Cell {
  const rule = ruleOf(layer);
  const config = configOf(layer, cellConfig);
  const { gates } = rule;
  const columns = gates.length * config.units;
  const bias = () => {
    const values = new Float32Array(2 * columns);
    values.set(gateRows({ ...weightOf(layer, 'bias'), shape: [1, columns] }, gates));
    return values;
  };
  return {
    rule,
    units: config.units,
    weights: {
      input: gateRows(weightOf(layer, 'kernel'), gates),
      recurrent: gateRows(weightOf(layer, 'recurrent_kernel'), gates),
      bias: config.useBias ? bias() : undefined,
    },
    activations: rule.activations.map((which) => activationOf(layer, config[which] as ActivationName)),
  };
}

/** The attributes of an operator that runs one cell, or one for each direction. */
export function cellAttributes(cells: readonly Cell[], direction: string): Attributes {
  const chosen = cells.flatMap((cell) => cell.activations);
  const [alphas, betas] = ([1, 2] as const).map((i) =>
    chosen.map((one) => one[i]).filter((value) => value !== undefined),
  );
  return {
    ...(alphas?.length && { activation_alpha: floats(alphas) }),
    ...(betas?.length && { activation_beta: floats(betas) }),
    activations: strings(chosen.map(([name]) => name)),
    direction: string(direction),
    hidden_size: int((cells[0] as Cell).units),
  };
}
