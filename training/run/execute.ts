import { rm } from 'node:fs/promises';
import { SennError } from '../../core/errors.ts';
import { auditedData, auditRun, judgedBy } from '../audit/audit-run.ts';
import { profilesOf } from '../audit/profiles.ts';
import type { BackendName } from '../backends/index.ts';
import type { Config } from '../config/config.ts';
import { RUN_MARKER } from '../config/run-config.ts';
import { type Dataset, loadDataset, type Split } from '../datasets/index.ts';
import { checkFolderWritable, type Files } from '../files/folders.ts';
import { graphsOf, kindOf } from '../kinds/index.ts';
import { inOrder } from '../loop/batches.ts';
import type { EpochSummary, Progress } from '../loop/progress.ts';
import { train } from '../loop/train.ts';
import {
  BEST,
  checkpointDocuments,
  networkFiles,
  readBest,
  readCheckpoint,
  restoreNetworks,
  writeRunFolder,
} from './checkpoint.ts';
import { describeRun } from './describe.ts';
import { goldenOf } from './golden.ts';
import { metricsCsv } from './metrics-csv.ts';
import { goldenPeople } from './people/golden.ts';
import { prepare } from './prepare.ts';
import type { RunRecord } from './record.ts';
import { workplaceOf } from './workplace.ts';

/** `senn train` without its command line. */

/** Inputs in the golden file: the first of the test set, or all where it has fewer; of people means of groups. */
const GOLDEN_INPUTS = 4;

/** The test inputs that the golden file may hold. @throws invalid_config where people are too few */
const inputsShown = ({ input, people, test }: Dataset): Split =>
  people && input.kind === 'tabular' ? goldenPeople(test, input, GOLDEN_INPUTS) : test;

export interface ExecuteOptions {
  readonly config: Config;
  /** The backend that runs, for the record. */
  readonly backend: BackendName;
  /** The run folder to write. */
  readonly out: string;
  /** Go on from what a run that was broken off left in `out`, or beside it. */
  readonly resume: boolean;
  /** Train anew where a run stands in `out`, which stays until this one is done. Default: refuse to. */
  readonly overwrite?: boolean;
  /** Stops the run after the step that is running, with a checkpoint. */
  readonly signal?: AbortSignal;
  /** Seconds, from any origin. */
  readonly now: () => number;
  readonly reportEvery: number;
  readonly onProgress: (progress: Progress) => void;
  readonly onEpoch: (summary: EpochSummary) => void;
  /** Called once, before the explanations are audited: on what. */
  readonly onAudit?: (data: string) => void;
  /** The data, where they are loaded already. */
  readonly dataset?: Dataset;
}

/**
 * A whole training run: data, networks, training, the figures on the test set, and the run folder.
 * The test set is looked at once, after the last step; the explanations are audited on held-out inputs, if there are any. After every epoch everything that the rest depends on is
 * written, so that a run that was broken off can go on to the same numbers.
 * @throws missing_data | invalid_config | training_failed | interrupted
 */
export async function executeRun(options: ExecuteOptions): Promise<RunRecord> {
  const { config, out, backend } = options;
  const kind = kindOf(config);
  await checkFolderWritable(out, RUN_MARKER);
  const workplace = workplaceOf({ out, resume: options.resume, overwrite: options.overwrite ?? false });
  await checkFolderWritable(workplace, RUN_MARKER);
  const workspace = prepare(config, options.dataset ?? (await loadDataset(config.data)));
  const shown = inputsShown(workspace.dataset);
  const { networks, contract } = workspace;
  const origin = { backend, data: workspace.dataset.sha256 };
  const checkpoint = options.resume ? await readCheckpoint(workplace, config, origin, contract) : undefined;
  const epochs: EpochSummary[] = [...(checkpoint?.epochs ?? [])];
  let best: Files = options.resume ? await readBest(workplace) : {};
  await train(networks, {
    ...options,
    train: workspace.train,
    heldOut: workspace.heldOut,
    random: workspace.random,
    resumeFrom: checkpoint?.state,
    judge: ({ accuracy }) =>
      config.selectBy === 'accuracy'
        ? Promise.resolve(accuracy)
        : judgedBy(config.selectBy, config, backend, workspace),
    onEpoch: (summary) => {
      epochs.push(summary);
      options.onEpoch(summary);
    },
    onBest: async () => {
      best = await networkFiles(contract, `${BEST}/`);
    },
    onCheckpoint: async (state) => {
      const documents = { 'metrics.csv': metricsCsv(epochs, kind), ...checkpointDocuments(origin, { state, epochs }) };
      await writeRunFolder(workplace, config, { ...(await networkFiles(contract)), ...best }, documents);
    },
  });
  if (options.signal?.aborted) throw new SennError('interrupted', 'training stopped after its last step', { out });
  if (config.keep === 'best') await restoreNetworks(`${workplace}/${BEST}`, contract);
  const { record: described, statics } = await describeRun(config, backend, workspace);
  options.onAudit?.(auditedData(workspace));
  const record: RunRecord = {
    ...described,
    profiles: await profilesOf(described, graphsOf(config), workspace),
    audit: await auditRun(described, graphsOf(config), workspace),
  };
  const golden = goldenOf(contract, graphsOf(config), shown, inOrder(Math.min(GOLDEN_INPUTS, shown.labels.length)));
  await writeRunFolder(out, config, await networkFiles(contract), {
    'run.json': `${JSON.stringify(record, null, 2)}\n`,
    'golden.json': `${JSON.stringify(golden)}\n`,
    ...statics,
    'metrics.csv': metricsCsv(epochs, kind),
  });
  if (workplace !== out) await rm(workplace, { recursive: true, force: true });
  return record;
}
