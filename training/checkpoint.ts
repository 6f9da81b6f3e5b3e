import * as tf from '@tensorflow/tfjs';
import type { Config } from './config.ts';
import { type Files, writeFolder } from './files.ts';
import type { Networks } from './networks/index.ts';

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

/** What a run folder holds besides its configuration and networks. Until the run is done it has only the metrics. */
export interface RunDocuments {
  readonly 'metrics.csv': string;
  readonly 'run.json'?: string;
  readonly 'golden.json'?: string;
}

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
  const files: Files = Object.assign({}, ...parts);
  await writeFolder(
    folder,
    {
      ...files,
      [RUN_MARKER]: `${JSON.stringify(config, null, 2)}\n`,
      'run.json': undefined,
      'golden.json': undefined,
      ...documents,
    },
    RUN_MARKER,
  );
}
