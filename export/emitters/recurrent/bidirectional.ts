import { z } from 'zod';
import { SennError } from '../../../core/errors.ts';
import { int, ints } from '../../graph/attributes.ts';
import { reshape } from '../../graph/layout.ts';
import type { Scope } from '../../graph/scope.ts';
import { type Size, times } from '../../graph/size.ts';
import type { Value } from '../../graph/value.ts';
import { configOf, describe, type Layer } from '../../layers-model/layer.ts';
import type { Emitter } from '../emitter.ts';
import { reduce } from '../shared/reduce.ts';
import { cellOf } from './cells.ts';
import { recurrentConfigOf, stackOf } from './recurrent.ts';
import { runCell } from './run.ts';
import { timeMajor } from './sequence.ts';

/** Bidirectional: one operator runs both directions, whose outputs are then merged. */

/** `[batch, …, 2, units]` → what becomes of the two directions. */
const merges = {
  concat: (scope, both) => [reshape(scope, both, [...both.shape.slice(0, -2), times(both.shape.at(-1) as Size, 2)])],
  sum: (scope, both) => [reduce(scope, 'ReduceSum', both, { axes: [-2] })],
  ave: (scope, both) => [reduce(scope, 'ReduceMean', both, { axes: [-2] })],
  mul: (scope, both) => [reduce(scope, 'ReduceProd', both, { axes: [-2] })],
  none: (scope, both) =>
    [0, 1].map((i) => pick(scope, both.name, i, both.shape.length - 1, both.shape.toSpliced(-2, 1))),
} as const satisfies Record<string, (scope: Scope, both: Value) => readonly Value[]>;
type MergeMode = keyof typeof merges;

const names = Object.keys(merges).filter((name) => name !== 'none') as [MergeMode, ...MergeMode[]];
const bidirectionalConfig = z.object({ mergeMode: z.enum(names).nullable() });

/** Index i of an axis of the graph. */
function pick(scope: Scope, from: string, i: number, axis: number, shape: readonly Size[]): Value {
  return scope.node('Gather', [from, scope.int64('index', i)], { shape, layout: 'tfjs' }, { axis: int(axis) });
}

/** Bidirectional: one node for both directions, each output with that of the same step. */
export const emitBidirectional: Emitter = ({ layer, inputs: [x, ...given], scope }) => {
  const { mergeMode } = configOf(layer, bidirectionalConfig);
  const { forwardLayer, backwardLayer } = layer as unknown as Record<'forwardLayer' | 'backwardLayer', Layer>;
  const { returnSequences, returnState, goBackwards } = recurrentConfigOf(forwardLayer);
  if (goBackwards) {
    throw new SennError(
      'unsupported_layer',
      `${describe(layer)}: ${describe(forwardLayer)} goes backwards itself; it must go forwards`,
    );
  }
  const cells = [forwardLayer, backwardLayer].flatMap(stackOf).map(cellOf);
  const [{ rule, units }] = cells as [(typeof cells)[number]];
  const initial = Array.from(
    { length: given.length / 2 },
    (_, i) => [given[i], given[i + given.length / 2]] as Value[],
  );
  const steps = timeMajor(scope, x);
  const { sequence, states } = runCell(scope, steps, {
    cells,
    direction: 'bidirectional',
    initial,
    wanted: { sequence: returnSequences, states: returnState ? rule.states : Number(!returnSequences) },
  });
  const both = returnSequences
    ? scope.node(
        'Transpose',
        [sequence],
        { shape: [steps.length, 2, units], layout: 'tfjs' },
        { perm: ints([2, 0, 1, 3]) },
      )
    : scope.node('Transpose', [states[0] as string], { shape: [2, units], layout: 'tfjs' }, { perm: ints([1, 0, 2]) });
  const outputs = merges[mergeMode ?? 'none'](scope, both);
  if (!returnState) return outputs;
  return [...outputs, ...[0, 1].flatMap((d) => states.map((state) => pick(scope, state, d, 0, [units])))];
};
