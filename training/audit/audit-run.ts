import type { Audit } from '../../core/manifest.ts';
import { auditOf, judgementOf } from '../../core/metrics/audit-of.ts';
import type { MetricName } from '../../core/metrics/metric.ts';
import type { ScoringInputs } from '../../core/metrics/scoring-set.ts';
import { mostRows, spreadRows } from '../../core/metrics/shared/spread.ts';
import type { BackendName } from '../backends/index.ts';
import type { Config } from '../config/config.ts';
import { subsetOf } from '../datasets/dataset.ts';
import { trainingInputs } from '../datasets/scoring/set.ts';
import { graphsOf } from '../kinds/index.ts';
import type { Graphs } from '../kinds/kind.ts';
import { describeConcepts } from '../run/concepts.ts';
import { recordOf } from '../run/describe.ts';
import { conceptActivations } from '../run/evaluate.ts';
import type { Workspace } from '../run/prepare.ts';
import type { RunRecord } from '../run/record.ts';
import { runPredictor } from './run-predictor.ts';

/**
 * The audit of a run that is done: do its concepts carry the decision? On held-out inputs, so that whoever chooses between
 * runs by it has not looked at the test set; on the test set where none are held out.
 */

/** Inputs that are audited, at most, evenly spread over the split; fewer where they are large. */
const MOST_INPUTS = 10_000;
/** The same while a run goes on. */
const JUDGED_INPUTS = 1000;

/** What a run is audited on, as `mnist:validation`. */
export const auditedData = ({ dataset, heldOut }: Pick<Workspace, 'dataset' | 'heldOut'>): string =>
  `${dataset.name}:${heldOut === undefined ? 'test' : 'validation'}`;

/** Held-out inputs, or those of the test set where there are none, as they are scored. @param most so many at most */
function scoredInputs(workspace: Workspace, most: number): ScoringInputs {
  const { heldOut, test, train } = workspace;
  const { shape, labels, gather } = (heldOut ?? test).split;
  const rows = spreadRows(labels.length, mostRows(most, shape.slice(1)));
  return {
    name: auditedData(workspace),
    input: { shape: [rows.length, ...shape.slice(1)], data: gather(rows) },
    labels: rows.map((row) => labels[row] as number),
    training: async (wanted: number) => trainingInputs(train.split, wanted),
  };
}

/** @param record of the run, without an audit @throws inference_failed where the networks give what is not finite */
export async function auditRun(record: RunRecord, graphs: Graphs, workspace: Workspace): Promise<Audit> {
  const predictor = runPredictor(record, graphs, workspace.contract);
  return auditOf(predictor, scoredInputs(workspace, MOST_INPUTS), record.training.seed);
}

/**
 * What networks are worth while they are still learning, by one metric of the audit, higher is better: on fewer inputs
 * than an audit, and with concepts described by fewer, because it is asked after every epoch.
 * @returns `undefined` where the metric has no value
 */
export async function judgedBy(
  metric: MetricName,
  config: Config,
  backend: BackendName,
  workspace: Workspace,
): Promise<number | undefined> {
  const { networks, contract, conceptNames, train } = workspace;
  const split = subsetOf(train.split, spreadRows(train.split.labels.length, JUDGED_INPUTS));
  const concepts = describeConcepts(conceptActivations(networks, { ...train, split }), conceptNames, split.labels);
  const predictor = runPredictor(recordOf(config, backend, workspace, concepts), graphsOf(config), contract);
  return judgementOf(metric, predictor, scoredInputs(workspace, JUDGED_INPUTS), config.seed);
}
