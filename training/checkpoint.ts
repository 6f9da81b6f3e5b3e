import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { z } from 'zod';
import { SennError } from '../core/errors.ts';
import { type Config, readConfig } from './config.ts';
import { type Files, writeFolder } from './files.ts';
import { readJsonFile } from './json-file.ts';
import type { Networks } from './networks/index.ts';
import type { EpochSummary, TrainingState } from './train.ts';

const WEIGHTS_FILE = 'weights.bin';

/** The file that tells a run folder from any other; also a run that was broken off has it. */
export const RUN_MARKER = 'config.json';

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

/** What a run folder holds besides its configuration and networks. */
export type RunDocuments = Readonly<
  Record<'metrics.csv', string> &
    Partial<Record<'run.json' | 'golden.json' | 'state.json', string> & Record<'optimizer.bin', Uint8Array>>
>;

/**
 * Writes a run folder, whole or not at all, over an earlier one: after every epoch, and once more when the run is done.
 * @throws invalid_config where a folder stands there that is no run
 */
export async function writeRunFolder(
  folder: string,
  config: Config,
  networks: Networks,
  documents: RunDocuments,
): Promise<void> {
  const parts = await Promise.all(Object.entries(networks).map(([name, model]) => layersModelFiles(model, name)));
  const gone = { 'run.json': undefined, 'golden.json': undefined, 'state.json': undefined, 'optimizer.bin': undefined };
  const files: Files = Object.assign({}, ...parts, gone, documents);
  await writeFolder(folder, { ...files, [RUN_MARKER]: `${JSON.stringify(config, null, 2)}\n` }, RUN_MARKER);
}

/** As much of `model.json` as the weights need. */
const modelSchema = z.looseObject({ weightsManifest: z.array(z.looseObject({ weights: z.array(z.unknown()) })) });

const stateSchema = z.strictObject({
  backend: z.string(),
  step: z.int().nonnegative(),
  epochRandom: z.array(z.int()),
  random: z.array(z.int()),
  epochSums: z.array(z.number()),
  optimizerSpecs: z.array(z.looseObject({ name: z.string() })),
  epochs: z.array(z.record(z.string(), z.unknown())),
});

/** What a run that was broken off left: where it stood, and the summaries of its epochs. */
export interface Checkpoint {
  readonly state: TrainingState;
  readonly epochs: readonly EpochSummary[];
}

/** The documents of a run that is not done. */
export function checkpointDocuments(backend: string, { state, epochs }: Checkpoint): Omit<RunDocuments, 'metrics.csv'> {
  const { optimizer, ...rest } = state;
  return {
    'state.json': `${JSON.stringify({ backend, ...rest, optimizerSpecs: optimizer.specs, epochs })}\n`,
    'optimizer.bin': new Uint8Array(optimizer.data),
  };
}

/** Puts the weights of a run folder into networks of the same configuration. */
async function restoreNetworks(folder: string, networks: Networks): Promise<void> {
  for (const [name, model] of Object.entries(networks) as [string, tf.LayersModel][]) {
    const { weightsManifest } = await readJsonFile(join(folder, name, 'model.json'), modelSchema, 'invalid_config');
    const bytes = await readFile(join(folder, name, WEIGHTS_FILE));
    const specs = weightsManifest.flatMap((group) => group.weights) as tf.io.WeightsManifestEntry[];
    const weights = tf.io.decodeWeights(new Uint8Array(bytes).buffer, specs);
    model.loadWeights(weights);
    tf.dispose(weights);
  }
}

/**
 * Reads a run that was broken off and puts its weights into the networks.
 * @throws missing_data where there is none; invalid_config where it was another configuration or another backend
 */
export async function readCheckpoint(
  folder: string,
  config: Config,
  backend: string,
  networks: Networks,
): Promise<Checkpoint> {
  const hint = 'only a run that was broken off can be resumed';
  const saved = await readJsonFile(join(folder, 'state.json'), stateSchema, 'invalid_config', hint);
  const theirs = await readConfig(join(folder, RUN_MARKER));
  if (JSON.stringify(theirs) !== JSON.stringify(config)) {
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
  await restoreNetworks(folder, networks);
  const { step, epochRandom, random, epochSums, optimizerSpecs, epochs } = saved;
  const data = new Uint8Array(await readFile(join(folder, 'optimizer.bin'))).buffer;
  const optimizer = { specs: optimizerSpecs as unknown as tf.io.WeightsManifestEntry[], data };
  return {
    state: { step, epochRandom, random, epochSums, optimizer },
    epochs: epochs as unknown as EpochSummary[],
  };
}
