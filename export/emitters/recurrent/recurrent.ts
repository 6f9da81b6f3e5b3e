import { z } from 'zod';
import { SennError } from '../../../core/errors.ts';
import { ints } from '../../graph/attributes.ts';
import type { Scope } from '../../graph/scope.ts';
import type { Value } from '../../graph/value.ts';
import { configOf, describe, type Layer } from '../../layers-model/layer.ts';
import type { Emitter } from '../emitter.ts';
import { cellOf } from './cells.ts';
import { runCell } from './run.ts';
import { reversed, type Steps, stepsOf, timeMajor } from './sequence.ts';

/** SimpleRNN, GRU, LSTM, and RNN over one of their cells or a stack of these. */

const recurrentConfig = z.object({
  returnSequences: z.boolean(),
  returnState: z.boolean(),
  goBackwards: z.boolean(),
  stateful: z.literal(false, 'must be false: an ONNX graph keeps nothing from run to run'),
});
type RecurrentConfig = z.infer<typeof recurrentConfig>;

/** @throws unsupported_layer */
export function recurrentConfigOf(layer: Layer): RecurrentConfig {
  return configOf(layer, recurrentConfig);
}

/** The cells that a recurrent layer runs on every step, one on the output of the other. */
export function stackOf(layer: Layer): readonly Layer[] {
  const { cell } = layer as unknown as { readonly cell: Layer & { readonly cells?: readonly Layer[] } };
  return cell.cells ?? [cell];
}

/** Initial states as tfjs takes them: those of the last cell first. `[]` for each state where there are none. */
function initialStates(layer: Layer, given: readonly Value[], counts: readonly number[]): (readonly Value[])[][] {
  const total = counts.reduce((sum, count) => sum + count, 0);
  if (given.length !== 0 && given.length !== total) {
    throw new SennError('unsupported_layer', `${describe(layer)}: ${given.length} initial states must be ${total}`);
  }
  let next = total;
  return counts.map((count) => {
    next -= count;
    return Array.from({ length: count }, (_, i) => (given.length === 0 ? [] : [given[next + i] as Value]));
  });
}

/** A state after the last step: `[1, batch, units]` → `[batch, units]`. */
function stateValue(scope: Scope, state: string, units: number): Value {
  return scope.node('Squeeze', [state, scope.int64('axes', [0])], { shape: [units], layout: 'tfjs' });
}

function sequenceValue(scope: Scope, steps: Steps): Value {
  const form = { shape: [steps.length, steps.width], layout: 'tfjs' } as const;
  return scope.node('Transpose', [steps.name], form, { perm: ints([1, 0, 2]) });
}

/** SimpleRNN, GRU, LSTM, and RNN of such cells: `[batch, T, F]` → `[batch, units]` or `[batch, T, units]`, and states. */
export const emitRecurrent: Emitter = ({ layer, inputs: [x, ...given], scope }) => {
  const { returnSequences, returnState, goBackwards } = recurrentConfigOf(layer);
  const cells = stackOf(layer).map(cellOf);
  const initial = initialStates(
    layer,
    given,
    cells.map(({ rule }) => rule.states),
  );
  let steps = timeMajor(scope, x);
  const states: Value[][] = [];
  for (const [i, cell] of cells.entries()) {
    const last = i === cells.length - 1;
    const sequence = returnSequences || !last;
    const wanted = { sequence, states: returnState ? cell.rule.states : Number(!sequence) };
    const direction = goBackwards ? 'reverse' : 'forward';
    const result = runCell(scope, steps, { cells: [cell], direction, initial: initial[i] ?? [], wanted });
    states.unshift(result.states.map((state) => stateValue(scope, state, cell.units)));
    if (sequence) steps = stepsOf(scope, result.sequence, steps, cell.units);
  }
  const flat = states.flat();
  const output = returnSequences
    ? sequenceValue(scope, goBackwards ? reversed(scope, steps) : steps)
    : (flat[0] as Value);
  return returnState ? [output, ...flat] : output;
};
