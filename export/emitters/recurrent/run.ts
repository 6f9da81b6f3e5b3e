import type { Scope } from '../../graph/scope.ts';
import { OpenSize } from '../../graph/size.ts';
import type { CellResult, CellRun } from './cells.ts';
import { lackingActivation, ownNames, runOperator } from './operator.ts';
import type { Steps } from './sequence.ts';
import { runWrittenOut } from './written-out.ts';

/** A run of recurrent cells over a sequence, in one of the two ways in which a graph can hold it. */

/**
 * One RNN, GRU or LSTM node; the steps written out where that operator lacks an activation of the cells.
 * @throws OpenSize where steps of any number would have to be written out
 */
export function runCell(scope: Scope, steps: Steps, run: CellRun): CellResult {
  const lacking = lackingActivation(run.cells);
  if (lacking === undefined) return runOperator(scope, steps, run);
  const { length } = steps;
  if (typeof length === 'string') {
    throw new OpenSize(
      length,
      `to write out the steps of activation "${lacking}", which ONNX's recurrent operators lack; they have ${ownNames.join(', ')}`,
    );
  }
  return runWrittenOut(scope, { ...steps, length }, run);
}
