import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import type { Networks } from './networks/index.ts';

const WEIGHTS_FILE = 'weights.bin';

/** Writes a LayersModel as `model.json` and one weight file, in tfjs's own format, readable by `tf.loadLayersModel`. */
async function saveLayersModel(model: tf.LayersModel, folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  await model.save(
    tf.io.withSaveHandler(
      async ({ modelTopology, weightSpecs = [], weightData, format, generatedBy, convertedBy = null }) => {
        const bytes = new Uint8Array(tf.io.CompositeArrayBuffer.join(weightData));
        const weightsManifest = [{ paths: [WEIGHTS_FILE], weights: weightSpecs }];
        const document = { format, generatedBy, convertedBy, modelTopology, weightsManifest };
        await writeFile(join(folder, WEIGHTS_FILE), bytes);
        await writeFile(join(folder, 'model.json'), `${JSON.stringify(document)}\n`);
        return {
          modelArtifactsInfo: tf.io.getModelArtifactsInfoForJSON({
            modelTopology: modelTopology as object,
            weightSpecs,
          }),
        };
      },
    ),
  );
}

/** Files of a run folder besides the networks: name → text. */
export type RunFiles = Readonly<Record<string, string>>;

/** Writes a whole run folder beside its place and then renames it there, so that no reader sees half of one. */
export async function writeRunFolder(folder: string, networks: Networks, files: RunFiles): Promise<void> {
  const temporary = `${folder}.writing-${process.pid}`;
  await rm(temporary, { recursive: true, force: true });
  await mkdir(dirname(folder), { recursive: true });
  try {
    for (const [name, model] of Object.entries(networks))
      await saveLayersModel(model as tf.LayersModel, join(temporary, name));
    for (const [name, text] of Object.entries(files)) await writeFile(join(temporary, name), text);
    await rm(folder, { recursive: true, force: true });
    await rename(temporary, folder);
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}
