import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import * as tfl from '@tensorflow/tfjs-layers';
import type { Golden } from '../../../core/golden.ts';
import type { RunRecord } from '../../../training/run/record.ts';
import { randomizeWeights } from '../parity.ts';
import { seededValues } from '../seeded-values.ts';

/** A DiSENN in small: 8 × 8 images, 3 concepts, 2 classes. */
const K = 3;
const classes = ['no', 'yes'];

type Symbolic = tfl.SymbolicTensor;
export type Trio = Record<'conceptizer' | 'parameterizer' | 'decoder', tfl.LayersModel>;

function trunk(prefix: string): [image: Symbolic, features: Symbolic] {
  const image = tfl.input({ shape: [8, 8, 1], name: `${prefix}_image` });
  const conv = tfl.layers.conv2d({ name: `${prefix}_conv`, filters: 4, kernelSize: 4, strides: 2, padding: 'same' });
  const flat = tfl.layers.flatten({ name: `${prefix}_flatten` });
  return [image, flat.apply(conv.apply(image)) as Symbolic];
}

export function createTrio(): Trio {
  const [seen, features] = trunk('encoder');
  const concepts = tfl.layers.dense({ name: 'concepts', units: K }).apply(features) as Symbolic;
  const logVariance = tfl.layers.dense({ name: 'log_variance', units: K }).apply(features) as Symbolic;
  const [weighed, relevant] = trunk('parameterizer');
  const flat = tfl.layers.dense({ name: 'flat', units: K * classes.length, activation: 'tanh' }).apply(relevant);
  const relevances = tfl.layers.reshape({ name: 'relevances', targetShape: [K, classes.length] }).apply(flat);
  const latent = tfl.input({ shape: [K], name: 'latent' });
  let x = tfl.layers.dense({ name: 'unflatten', units: 4 * 4 * 4, activation: 'relu' }).apply(latent);
  x = tfl.layers.reshape({ name: 'reshape', targetShape: [4, 4, 4] }).apply(x);
  x = tfl.layers
    .conv2dTranspose({ name: 'up', filters: 1, kernelSize: 4, strides: 2, padding: 'same', activation: 'sigmoid' })
    .apply(x);
  const trio = {
    conceptizer: tfl.model({ name: 'conceptizer', inputs: seen, outputs: [concepts, logVariance] }),
    parameterizer: tfl.model({ name: 'parameterizer', inputs: weighed, outputs: relevances as Symbolic }),
    decoder: tfl.model({ name: 'decoder', inputs: latent, outputs: x as Symbolic }),
  };
  for (const [i, model] of Object.values(trio).entries()) randomizeWeights(model, 10 * i);
  return trio;
}

/** Saves a model as tfjs does, its weights split over several files. */
export async function saveLayersModel(model: tfl.LayersModel, folder: string, shards = 2): Promise<void> {
  await mkdir(folder, { recursive: true });
  await model.save(
    tf.io.withSaveHandler(async ({ modelTopology, weightSpecs, weightData, format }) => {
      const bytes = new Uint8Array(weightData as ArrayBuffer);
      const size = Math.ceil(bytes.length / shards);
      const paths = Array.from({ length: shards }, (_, i) => `group1-shard${i + 1}of${shards}.bin`);
      for (const [i, path] of paths.entries()) {
        await writeFile(join(folder, path), bytes.subarray(i * size, (i + 1) * size));
      }
      const weightsManifest = [{ paths, weights: weightSpecs }];
      await writeFile(join(folder, 'model.json'), JSON.stringify({ format, modelTopology, weightsManifest }));
      return { modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: 'JSON' } };
    }),
  );
}

function goldenOf({ conceptizer, parameterizer, decoder }: Trio): Golden {
  const plain = (t: tf.Tensor) => ({ shape: t.shape, data: Array.from(t.dataSync()) });
  // One channel: NHWC and NCHW differ in their shapes only.
  const input = tf.tensor(seededValues(5, 2 * 64).map(Math.abs), [2, 8, 8, 1]);
  const [concepts, logVariance] = conceptizer.predict(input) as [tf.Tensor, tf.Tensor];
  const relevances = parameterizer.predict(input) as tf.Tensor;
  return {
    tensors: {
      input: plain(tf.reshape(input, [2, 1, 8, 8])),
      concepts: plain(concepts),
      log_variance: plain(logVariance),
      relevances: plain(relevances),
      logits: plain(tf.squeeze(tf.matMul(tf.expandDims(concepts, 1), relevances), [1])),
      reconstruction: plain(tf.reshape(decoder.predict(concepts) as tf.Tensor, [2, 1, 8, 8])),
    },
  };
}

export const runRecord: RunRecord = {
  name: 'tiny',
  version: '1',
  kind: 'disenn',
  input: { kind: 'image', channels: 1, height: 8, width: 8 },
  classes,
  concepts: Array.from({ length: K }, (_, k) => ({
    name: `concept ${k}`,
    quantiles: { q05: -2, q25: -1, q50: 0, q75: 1, q95: 2 },
    prototypes: [k],
  })),
  training: {
    config: { seed: 1, beta: 4 },
    data: { name: 'seeded', count: 2, sha256: '0'.repeat(64) },
    seed: 1,
    backend: 'wasm',
    versions: { '@tensorflow/tfjs': '4.22.0' },
  },
  metrics: { accuracy: 0.5 },
};

/** A run folder as `senn train` leaves it. */
export async function writeRun(folder: string, trio = createTrio(), record: RunRecord = runRecord): Promise<void> {
  for (const [name, model] of Object.entries(trio)) await saveLayersModel(model, join(folder, name));
  await writeFile(join(folder, 'run.json'), JSON.stringify(record));
  await writeFile(join(folder, 'golden.json'), JSON.stringify(goldenOf(trio)));
}
