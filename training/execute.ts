import * as tf from '@tensorflow/tfjs';
import { SennError } from '../core/errors.ts';
import type { Manifest } from '../core/manifest.ts';
import { batchSize } from '../core/tensor.ts';
import type { BackendName } from './backends/index.ts';
import { inOrder } from './batches.ts';
import { checkpointDocuments, RUN_MARKER, readCheckpoint, writeRunFolder } from './checkpoint.ts';
import { describeConcepts } from './concepts.ts';
import type { Config } from './config.ts';
import { type Dataset, datasets } from './datasets/index.ts';
import { conceptActivations, type Evaluation, evaluate } from './evaluate.ts';
import { checkFolderWritable } from './files.ts';
import { goldenOf } from './golden.ts';
import { lossTerms } from './losses/index.ts';
import { createNetworks, type Networks } from './networks/index.ts';
import { randomStream } from './random.ts';
import type { RunRecord } from './run.ts';
import { type EpochSummary, holdOut, type Progress, train } from './train.ts';

/** Inputs in the golden file: the first of the test set. */
const GOLDEN_INPUTS = 4;

export interface ExecuteOptions {
  readonly config: Config;
  /** The backend that runs, for the record. */
  readonly backend: BackendName;
  /** The run folder to write. */
  readonly out: string;
  /** Go on from what a run that was broken off left in `out`. */
  readonly resume: boolean;
  /** Stops the run after the step that is running, with a checkpoint. */
  readonly signal?: AbortSignal;
  /** Seconds, from any origin. */
  readonly now: () => number;
  readonly reportEvery: number;
  readonly onProgress: (progress: Progress) => void;
  readonly onEpoch: (summary: EpochSummary) => void;
}

const validationColumns = [
  'accuracy',
  'classification',
  'reconstruction',
  'kl',
] as const satisfies (keyof Evaluation)[];

/** One line an epoch: every loss term, then the figures on the held-out inputs. */
function metricsCsv(epochs: readonly EpochSummary[]): string {
  const header = ['epoch', ...lossTerms, ...validationColumns.map((column) => `validation_${column}`)];
  const lines = epochs.map(({ epoch, terms, validation }) => [
    epoch,
    ...lossTerms.map((term) => terms[term] ?? ''),
    ...validationColumns.map((column) => validation?.[column] ?? ''),
  ]);
  return `${[header, ...lines].map((line) => line.join(',')).join('\n')}\n`;
}

function testMetrics({ accuracy, classification, reconstruction, kl }: Evaluation): Manifest['metrics'] {
  return { testAccuracy: accuracy, testCrossEntropy: classification, testReconstruction: reconstruction, testKl: kl };
}

function recordOf(
  { config, backend }: ExecuteOptions,
  dataset: Dataset,
  networks: Networks,
  rows: Int32Array,
): RunRecord {
  return {
    name: config.name,
    version: config.version,
    kind: 'disenn',
    input: dataset.input,
    classes: [...dataset.classes],
    concepts: describeConcepts(conceptActivations(networks, dataset.train)),
    training: {
      config: { ...config },
      data: { name: `${dataset.name}:train`, count: rows.length, sha256: dataset.sha256 },
      seed: config.seed,
      backend,
      versions: { '@tensorflow/tfjs': tf.version_core },
    },
    metrics: testMetrics(evaluate(networks, dataset.test, dataset.classes.length)),
  };
}

/**
 * A whole training run: data, networks, training, the figures on the test set, and the run folder.
 * The test set is looked at once, after the last step. After every epoch everything that the rest depends on is
 * written, so that a run that was broken off can go on to the same numbers.
 * @throws missing_data | invalid_config | training_failed | interrupted
 */
export async function executeRun(options: ExecuteOptions): Promise<RunRecord> {
  const { config, out } = options;
  await checkFolderWritable(out, RUN_MARKER);
  const dataset = await datasets[config.data.name]();
  const random = randomStream(config.seed);
  const classes = dataset.classes.length;
  const { rows, heldOut } = holdOut(batchSize(dataset.train.inputs), config.data.validation, random);
  const { channels, height, width } = dataset.input;
  const networks = createNetworks(config, [height, width, channels], classes, random);
  const checkpoint = options.resume ? await readCheckpoint(out, config, options.backend, networks) : undefined;
  const epochs: EpochSummary[] = [...(checkpoint?.epochs ?? [])];
  await train(networks, {
    ...options,
    train: dataset.train,
    rows,
    heldOut,
    classes,
    random,
    resumeFrom: checkpoint?.state,
    onEpoch: (summary) => {
      epochs.push(summary);
      options.onEpoch(summary);
    },
    onCheckpoint: async (state) => {
      const documents = checkpointDocuments(options.backend, { state, epochs });
      await writeRunFolder(out, config, networks, { 'metrics.csv': metricsCsv(epochs), ...documents });
    },
  });
  if (options.signal?.aborted) throw new SennError('interrupted', 'training stopped after its last step', { out });
  const record = recordOf(options, dataset, networks, rows);
  const golden = goldenOf(networks, dataset.test, inOrder(GOLDEN_INPUTS));
  await writeRunFolder(out, config, networks, {
    'run.json': `${JSON.stringify(record, null, 2)}\n`,
    'golden.json': `${JSON.stringify(golden)}\n`,
    'metrics.csv': metricsCsv(epochs),
  });
  return record;
}
