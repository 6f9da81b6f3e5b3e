import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import * as tfl from '@tensorflow/tfjs-layers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { supportedLayers } from '../../export/emitters/index.ts';
import { layersOf } from '../../export/layers-model/layer.ts';
import { loadLayersModel } from '../../export/layers-model/load-layers-model.ts';
import { tidyTopology } from '../../export/layers-model/topology.ts';
import { type Case, tokens } from './cases/case.ts';
import keras2 from './keras/keras2.json' with { type: 'json' };
import keras3 from './keras/keras3.json' with { type: 'json' };
import { expectParity, operators, startBackend } from './parity.ts';
import { saveLayersModel } from './write/run-folder.ts';

/** Models as Keras itself describes them (keras/write_models.py), in the place of what tfjs would write. */

let root: string;
beforeAll(async () => {
  await startBackend('cpu');
  root = await mkdtemp(join(tmpdir(), 'senn-keras-'));
});
afterAll(() => rm(root, { recursive: true }));

/** A `model.json` with this topology and no weights. */
async function withoutWeights(topology: object): Promise<string> {
  const path = join(await mkdtemp(join(root, 'model-')), 'model.json');
  await writeFile(path, JSON.stringify({ format: 'layers-model', modelTopology: topology, weightsManifest: [] }));
  return path;
}

/** The same beside the weights that its layers begin with. */
async function written(topology: object): Promise<string> {
  const folder = await mkdtemp(join(root, 'model-'));
  const path = join(folder, 'model.json');
  const tidy = structuredClone(topology) as Record<string, unknown>;
  tidyTopology(tidy, path);
  await saveLayersModel(await tfl.models.modelFromJSON(tidy as never), folder);
  const saved = JSON.parse(await readFile(path, 'utf8'));
  await writeFile(path, JSON.stringify({ ...saved, modelTopology: topology }));
  return path;
}

const draws: Readonly<Record<string, Pick<Case, 'draw' | 'reference'>>> = {
  CategoryEncoding: { draw: tokens(5) },
  Embedding: { draw: tokens(6) },
  'Embedding of int32': { draw: tokens(6) },
  'Embedding with mask_zero': { draw: tokens(6) },
  Resizing: { reference: ([x]) => [tf.image.resizeBilinear(x as tf.Tensor4D, [4, 4], true)] },
};

describe('Keras 2', () => {
  it.each(Object.entries(keras2))('%s', async (name, topology) => {
    const model = await loadLayersModel(await written(topology));
    await expectParity(model, { foldBatchNormalization: true }, draws[name]);
  });

  it('is covered for every layer that there is, but those of this project', async () => {
    const models = await Promise.all(Object.values(keras2).map(async (one) => loadLayersModel(await written(one))));
    const covered = new Set(models.flatMap((model) => layersOf(model).map((layer) => layer.getClassName())));
    const own = ['Centering', 'FeatureScaling', 'PrototypeSimilarity', 'StaticRelevances'];
    expect(supportedLayers.filter((name) => !covered.has(name))).toEqual(own);
  });

  it('writes the axis of a BatchNormalization as a list, which is folded like a number', async () => {
    const { layers } = keras2['BatchNormalization behind Conv2D'].config;
    expect(layers.find(({ class_name }) => class_name === 'BatchNormalization')?.config).toMatchObject({ axis: [3] });
    const model = await loadLayersModel(await written(keras2['BatchNormalization behind Conv2D']));
    expect(operators(await expectParity(model, { foldBatchNormalization: true }))).toEqual(['Conv']);
  });
});

describe('Keras 3', () => {
  it.each(Object.entries(keras3))('is refused by its name: %s', async (_, topology) => {
    await expect(loadLayersModel(await withoutWeights(topology))).rejects.toMatchObject({
      code: 'invalid_model',
      message: expect.stringMatching(
        /model\.json: modelTopology is of Keras 3 \(.+\), which .* save the model with Keras 2/,
      ),
    });
  });

  it('is told by its version, where a converter says it', async () => {
    const topology = { keras_version: '3.8.0', backend: 'tensorflow', model_config: keras2.Dense };
    await expect(loadLayersModel(await withoutWeights(topology))).rejects.toThrow('of Keras 3 (keras_version 3.8.0)');
    const older = { ...topology, keras_version: '2.15.0' };
    expect(await loadLayersModel(await written(older))).toBeInstanceOf(tfl.LayersModel);
  });
});
