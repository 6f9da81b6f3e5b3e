import { readdir, readFile } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { z } from 'zod';
import { SennError } from '../../core/errors.ts';
import { type Config, sameConfig } from '../config/config.ts';
import { RUN_MARKER, readRunConfig } from '../config/run-config.ts';
import { type Files, writeFolder } from '../files/folders.ts';
import { readJsonFile } from '../files/json-file.ts';
import type { EpochSummary } from '../loop/progress.ts';
import type { TrainingState } from '../loop/state.ts';
import type { NamedNetworks } from '../networks/networks.ts';
import { staticFileNames } from './statics.ts';

/** Run folders on disk: written whole, read again to go on, or to open a run that is done. */

const WEIGHTS_FILE = 'weights.bin';

/** Folder in a run folder with the networks of the epoch that validated best. */
export const BEST = 'best';

/** A LayersModel as `model.json` and one weight file, in tfjs's own format, readable by `tf.loadLayersModel`. */
async function layersModelFiles(model: tf.LayersModel, folder: string): Promise<Files> {
  let files: Files = {};
  await model.save(
    tf.io.withSaveHandler(async ({ modelTopology, weightSpecs = [], weightData, format, generatedBy }) => {
      const weightsManifest = [{ paths: [WEIGHTS_FILE], weights: weightSpecs }];
      const document = { format, generatedBy, convertedBy: null, modelTopology, weightsManifest };
      files = {
        [`${folder}/model.json`]: `${JSON.stringify(document)}\n`,
        [`${folder}/${WEIGHTS_FILE}`]: new Uint8Array(tf.io.CompositeArrayBuffer.join(weightData)),
      };
      return {
        modelArtifactsInfo: tf.io.getModelArtifactsInfoForJSON({ modelTopology: modelTopology as object, weightSpecs }),
      };
    }),
  );
  return files;
}

/** What a run folder holds besides its configuration and networks: always `metrics.csv`. */
export type RunDocuments = Readonly<Record<'metrics.csv', string> & Record<string, string | Uint8Array>>;

/** The files of all networks, as they are now. @param folder where in the run folder they go, '' or ending in / */
export async function networkFiles(networks: NamedNetworks, folder = ''): Promise<Files> {
  const parts = await Promise.all(
    Object.entries(networks).map(([name, model]) => layersModelFiles(model as tf.LayersModel, `${folder}${name}`)),
  );
  return Object.assign({}, ...parts);
}

/**
 * Writes a run folder, whole or not at all, over an earlier one: after every epoch, and once more when the run is done.
 * @throws invalid_config where a folder stands there that is no run
 */
export async function writeRunFolder(
  folder: string,
  config: Config,
  networks: Files,
  documents: RunDocuments,
): Promise<void> {
  const gone = {
    'run.json': undefined,
    'golden.json': undefined,
    ...Object.fromEntries(staticFileNames.map((name) => [name, undefined])),
    'state.json': undefined,
    'optimizer.bin': undefined,
    best: undefined,
  };
  const files = { ...gone, ...networks, ...documents, [RUN_MARKER]: `${JSON.stringify(config, null, 2)}\n` };
  await writeFolder(folder, files, RUN_MARKER);
}

/** As much of `model.json` as the weights need. */
const modelSchema = z.looseObject({ weightsManifest: z.array(z.looseObject({ weights: z.array(z.unknown()) })) });

const stateSchema = z.strictObject({
  backend: z.string(),
  /** Checkpoints of before it was written have none. */
  data: z.string().optional(),
  step: z.int().nonnegative(),
  epochRandom: z.array(z.int()),
  random: z.array(z.int()),
  epochSums: z.array(z.number()),
  best: z
    .union([
      z.strictObject({ epoch: z.int(), score: z.number() }),
      // as it was called when accuracy was all that could be asked for
      z
        .strictObject({ epoch: z.int(), accuracy: z.number() })
        .transform(({ epoch, accuracy: score }) => ({ epoch, score })),
    ])
    .optional(),
  optimizerSpecs: z.array(z.looseObject({ name: z.string() })),
  epochs: z.array(z.record(z.string(), z.unknown())),
});

/** What a run is made with besides its configuration; it must be the same when it goes on. */
export interface Origin {
  readonly backend: string;
  /** SHA-256 of the data set. */
  readonly data: string;
}

/** What a run that was broken off left: where it stood, and the summaries of its epochs. */
export interface Checkpoint {
  readonly state: TrainingState;
  readonly epochs: readonly EpochSummary[];
}

/** The documents of a run that is not done. */
export function checkpointDocuments(
  origin: Origin,
  { state, epochs }: Checkpoint,
): Record<'state.json' | 'optimizer.bin', string | Uint8Array> {
  const { optimizer, ...rest } = state;
  return {
    'state.json': `${JSON.stringify({ ...origin, ...rest, optimizerSpecs: optimizer.specs, epochs })}\n`,
    'optimizer.bin': new Uint8Array(optimizer.data),
  };
}

/** Puts the weights of a run folder, or of its `best/`, into networks of the same configuration. */
export async function restoreNetworks(folder: string, networks: NamedNetworks): Promise<void> {
  for (const [name, model] of Object.entries(networks) as [string, tf.LayersModel][]) {
    const { weightsManifest } = await readJsonFile(join(folder, name, 'model.json'), modelSchema, 'invalid_config');
    const bytes = await readFile(join(folder, name, WEIGHTS_FILE));
    const specs = weightsManifest.flatMap((group) => group.weights) as tf.io.WeightsManifestEntry[];
    const weights = tf.io.decodeWeights(new Uint8Array(bytes).buffer, specs);
    model.loadWeights(weights);
    tf.dispose(weights);
  }
}

/** @param actual SHA-256 of the data as they are @throws invalid_config unless they are those of the run */
export function checkSameData(folder: string, actual: string, expected: string): void {
  if (actual === expected) return;
  throw new SennError(
    'invalid_config',
    `${folder}: was trained on data of sha256 ${expected}; they have changed since, to ${actual}`,
    { folder, actual, expected },
  );
}

/**
 * Reads a run that was broken off and puts its weights into the networks.
 * @throws missing_data where there is none; invalid_config where configuration, backend or data were others
 */
export async function readCheckpoint(
  folder: string,
  config: Config,
  { backend, data: digest }: Origin,
  networks: NamedNetworks,
): Promise<Checkpoint> {
  const hint = 'only a run that was broken off can be resumed';
  const saved = await readJsonFile(join(folder, 'state.json'), stateSchema, 'invalid_config', hint);
  const theirs = await readRunConfig(folder);
  if (!sameConfig(theirs, config)) {
    throw new SennError('invalid_config', `${folder}: was trained with another configuration, in its ${RUN_MARKER}`, {
      folder,
    });
  }
  if (saved.backend !== backend) {
    throw new SennError(
      'invalid_config',
      `${folder}: was trained on ${saved.backend}; resume it there, not on ${backend}`,
      { folder },
    );
  }
  checkSameData(folder, digest, saved.data ?? digest);
  await restoreNetworks(folder, networks);
  const { step, epochRandom, random, epochSums, best, optimizerSpecs, epochs } = saved;
  const data = new Uint8Array(await readFile(join(folder, 'optimizer.bin'))).buffer;
  const optimizer = { specs: optimizerSpecs as unknown as tf.io.WeightsManifestEntry[], data };
  return {
    state: { step, epochRandom, random, epochSums, best, optimizer },
    epochs: epochs as unknown as EpochSummary[],
  };
}

/** The files of `best/` in a run folder that was broken off; none where no epoch was validated. */
export async function readBest(folder: string): Promise<Files> {
  const entries = await readdir(join(folder, BEST), { recursive: true, withFileTypes: true }).catch(() => []);
  const files = entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name));
  const contents = await Promise.all(files.map((file) => readFile(file)));
  return Object.fromEntries(
    files.map((file, i) => [relative(folder, file).split(sep).join('/'), new Uint8Array(contents[i] as Buffer)]),
  );
}
