import * as tf from '@tensorflow/tfjs';
import { SennError } from '../../core/errors.ts';
import type { Manifest } from '../../core/manifest.ts';
import { type RandomStream, randomStream } from '../../core/random.ts';
import type { BackendName } from '../backends/index.ts';
import type { Config } from '../config/config.ts';
import { subsetOf } from '../datasets/dataset.ts';
import { type Dataset, loadDataset, validationCount } from '../datasets/index.ts';
import { checkFolderWritable, type Files } from '../files/folders.ts';
import { type Feed, inOrder } from '../loop/batches.ts';
import { type EpochSummary, type Progress, train } from '../loop/train.ts';
import { FeatureScaling } from '../networks/feature-scaling.ts';
import { conceptCount, createNetworks, inContractUnits, type Networks, scalingOf } from '../networks/index.ts';
import {
  BEST,
  checkpointDocuments,
  networkFiles,
  RUN_MARKER,
  readBest,
  readCheckpoint,
  restoreNetworks,
  writeRunFolder,
} from './checkpoint.ts';
import { conceptNames, describeConcepts } from './concepts.ts';
import { conceptActivations, type Evaluation, evaluate } from './evaluate.ts';
import { goldenOf } from './golden.ts';
import { metricsCsv } from './metrics-csv.ts';
import { prototypeDocument } from './prototypes.ts';
import type { RunRecord } from './record.ts';

/** Inputs in the golden file: the first of the test set, or all where it has fewer. */
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
  /** The data, where they are loaded already. */
  readonly dataset?: Dataset;
}

/** Rows to learn from and rows held out, drawn by the seed. */
function holdOut(
  count: number,
  validation: number,
  random: RandomStream,
): { readonly rows: Int32Array; readonly heldOut: Int32Array } {
  const held = validationCount(validation, count);
  const order = random.permutation(count);
  return { rows: order.subarray(held).toSorted(), heldOut: order.subarray(0, held).toSorted() };
}

/** The networks and their data, ready to train. */
export interface Workspace {
  readonly dataset: Dataset;
  /** In the networks' own units: what trains. */
  readonly networks: Networks;
  /** The same weights in the contract's units: what is written. */
  readonly contract: Networks;
  readonly train: Feed;
  readonly heldOut: Feed | undefined;
  readonly test: Feed;
  /** `[K]` */
  readonly conceptNames: readonly string[];
  readonly random: RandomStream;
}

/** Everything that a configuration and its data determine before the first step. @throws missing_data | invalid_config */
export function prepare(config: Config, dataset: Dataset): Workspace {
  const random = randomStream(config.seed);
  const classes = dataset.classes.length;
  const { rows, heldOut } = holdOut(dataset.train.labels.length, config.data.validation, random);
  const scaling = scalingOf(config, dataset);
  const task = { input: dataset.input, classes, scaling };
  const networks = createNetworks(config, task, random);
  const layer = scaling && new FeatureScaling({ name: 'scaling', direction: 'scale', features: scaling });
  const feed = (split: Dataset['train']): Feed => ({ split, classes, scaling: layer });
  return {
    dataset,
    networks,
    contract: inContractUnits(networks, task),
    train: feed(heldOut.length === 0 ? dataset.train : subsetOf(dataset.train, rows)),
    heldOut: heldOut.length === 0 ? undefined : feed(subsetOf(dataset.train, heldOut)),
    test: feed(dataset.test),
    conceptNames: conceptNames(config, dataset.input, conceptCount(networks)),
    random,
  };
}

const capitalized = (name: string): string => `${name[0]?.toUpperCase()}${name.slice(1)}`;

/** `accuracy` → `testAccuracy`, and so on; the cross-entropy by its own name. */
function testMetrics({ classification, ...rest }: Evaluation): Manifest['metrics'] {
  const figures = { ...rest, crossEntropy: classification };
  return Object.fromEntries(Object.entries(figures).map(([name, value]) => [`test${capitalized(name)}`, value]));
}

function recordOf({ config, backend }: ExecuteOptions, workspace: Workspace): RunRecord {
  const { dataset, networks, train, test, conceptNames: names } = workspace;
  const everything = { ...train, split: dataset.train };
  return {
    name: config.name,
    version: config.version,
    kind: networks.conceptizer.outputs.length === 2 ? 'disenn' : 'senn',
    input: dataset.input,
    classes: [...dataset.classes],
    concepts: describeConcepts(conceptActivations(networks, everything), names),
    training: {
      config: JSON.parse(JSON.stringify(config)),
      data: { name: `${dataset.name}:train`, count: train.split.labels.length, sha256: dataset.sha256 },
      seed: config.seed,
      backend,
      versions: { '@tensorflow/tfjs': tf.version_core, node: process.versions.node },
    },
    metrics: testMetrics(evaluate(networks, test, { config, robustness: true })),
  };
}

/**
 * A whole training run: data, networks, training, the figures on the test set, and the run folder.
 * The test set is looked at once, after the last step. After every epoch everything that the rest depends on is
 * written, so that a run that was broken off can go on to the same numbers.
 * @throws missing_data | invalid_config | training_failed | interrupted
 */
export async function executeRun(options: ExecuteOptions): Promise<RunRecord> {
  const { config, out, backend } = options;
  await checkFolderWritable(out, RUN_MARKER);
  const workspace = prepare(config, options.dataset ?? (await loadDataset(config.data)));
  const { networks, contract } = workspace;
  const origin = { backend, data: workspace.dataset.sha256 };
  const checkpoint = options.resume ? await readCheckpoint(out, config, origin, contract) : undefined;
  const epochs: EpochSummary[] = [...(checkpoint?.epochs ?? [])];
  let best: Files = options.resume ? await readBest(out) : {};
  await train(networks, {
    ...options,
    train: workspace.train,
    heldOut: workspace.heldOut,
    random: workspace.random,
    resumeFrom: checkpoint?.state,
    onEpoch: (summary) => {
      epochs.push(summary);
      options.onEpoch(summary);
    },
    onBest: async () => {
      best = await networkFiles(contract, `${BEST}/`);
    },
    onCheckpoint: async (state) => {
      const documents = { 'metrics.csv': metricsCsv(epochs), ...checkpointDocuments(origin, { state, epochs }) };
      await writeRunFolder(out, config, { ...(await networkFiles(contract)), ...best }, documents);
    },
  });
  if (options.signal?.aborted) throw new SennError('interrupted', 'training stopped after its last step', { out });
  if (config.keep === 'best') await restoreNetworks(`${out}/${BEST}`, contract);
  const record = recordOf(options, workspace);
  const { train: everything, test } = workspace.dataset;
  const golden = goldenOf(contract, test, inOrder(Math.min(GOLDEN_INPUTS, test.labels.length)));
  await writeRunFolder(out, config, await networkFiles(contract), {
    'run.json': `${JSON.stringify(record, null, 2)}\n`,
    'golden.json': `${JSON.stringify(golden)}\n`,
    ...prototypeDocument(record, everything),
    'metrics.csv': metricsCsv(epochs),
  });
  return record;
}
