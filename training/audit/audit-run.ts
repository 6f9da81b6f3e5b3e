import type { Audit } from '../../core/manifest.ts';
import { auditOf } from '../../core/metrics/audit-of.ts';
import { mostRows, spreadRows } from '../../core/metrics/shared/spread.ts';
import { trainingInputs } from '../datasets/scoring/set.ts';
import type { Graphs } from '../kinds/kind.ts';
import type { Workspace } from '../run/prepare.ts';
import type { RunRecord } from '../run/record.ts';
import { runPredictor } from './run-predictor.ts';

/**
 * The audit of a run that is done: do its concepts carry the decision? On held-out inputs, so that whoever chooses between
 * runs by it has not looked at the test set; on the test set where none are held out.
 */

/** Inputs that are audited, at most, evenly spread over the split; fewer where they are large. */
const MOST_INPUTS = 10_000;

/** What a run is audited on, as `mnist:validation`. */
export const auditedData = ({ dataset, heldOut }: Pick<Workspace, 'dataset' | 'heldOut'>): string =>
  `${dataset.name}:${heldOut === undefined ? 'test' : 'validation'}`;

/** @param record of the run, without an audit @throws inference_failed where the networks give what is not finite */
export async function auditRun(record: RunRecord, graphs: Graphs, workspace: Workspace): Promise<Audit> {
  const { contract, heldOut, test, train } = workspace;
  const { shape, labels, gather } = (heldOut ?? test).split;
  const rows = spreadRows(labels.length, mostRows(MOST_INPUTS, shape.slice(1)));
  const predictor = runPredictor(record, graphs, contract);
  const inputs = {
    name: auditedData(workspace),
    input: { shape: [rows.length, ...shape.slice(1)], data: gather(rows) },
    labels: rows.map((row) => labels[row] as number),
    training: async (most: number) => trainingInputs(train.split, most),
  };
  return auditOf(predictor, inputs, record.training.seed);
}
