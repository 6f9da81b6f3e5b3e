import { mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import * as tfl from '@tensorflow/tfjs-layers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { layersModelToOnnx } from '../../../export/index.ts';
import { loadLayersModel } from '../../../export/layers-model/load-layers-model.ts';
import { FeatureScaling } from '../../../training/networks/feature-scaling.ts';
import { chain } from '../cases/case.ts';
import { saveQuantized } from '../onnx/quantized.ts';
import { startBackend } from '../parity.ts';
import { createTrio, saveLayersModel } from '../write/run-folder.ts';

let root: string;
beforeAll(async () => {
  await startBackend('wasm');
  root = await mkdtemp(join(tmpdir(), 'senn-load-'));
});
afterAll(() => rm(root, { recursive: true }));

const saved = async (shards = 3) => {
  const folder = await mkdtemp(join(root, 'model-'));
  const model = createTrio().conceptizer;
  await saveLayersModel(model, folder, shards);
  return { folder, path: join(folder, 'model.json'), model };
};
const change = async (path: string, edit: (json: Record<string, unknown>) => void) => {
  const json = JSON.parse(await readFile(path, 'utf8'));
  edit(json);
  await writeFile(path, JSON.stringify(json));
};

describe('loadLayersModel', () => {
  it('gives back what was saved, over one file of weights or several', async () => {
    for (const shards of [1, 3]) {
      const { path, model } = await saved(shards);
      const loaded = await loadLayersModel(path);
      expect(loaded.getWeights().map((weight) => weight.arraySync())).toEqual(
        model.getWeights().map((weight) => weight.arraySync()),
      );
    }
  });

  it('knows the layer of this project, which is exported from disk as from memory', async () => {
    const features = [{ transform: 'sqrt', shift: 0.1, scale: 2 }] as const;
    const scaling = new FeatureScaling({ direction: 'scale', features, name: 'units' });
    const model = chain([3], scaling, tfl.layers.dense({ units: 2, name: 'head' }));
    const folder = await mkdtemp(join(root, 'scaled-'));
    await saveLayersModel(model, folder, 1);
    const loaded = await loadLayersModel(join(folder, 'model.json'));
    expect(loaded.layers[1]?.getConfig()).toMatchObject({ direction: 'scale', features });
    expect(Buffer.compare(layersModelToOnnx(loaded), layersModelToOnnx(model))).toBe(0);
  });

  it.each([
    ['float16', 2e-3],
    ['uint16', 1e-4],
    ['uint8', 1e-2],
  ] as const)('reads weights that are quantized to %s, over many files', async (dtype, tolerance) => {
    const model = createTrio().conceptizer;
    const folder = await mkdtemp(join(root, 'quantized-'));
    await saveQuantized(model, folder, dtype, 40);
    expect(await readdir(folder)).toHaveLength(41);
    const loaded = await loadLayersModel(join(folder, 'model.json'));
    for (const [i, weight] of loaded.getWeights().entries()) {
      const original = model.getWeights()[i] as tf.Tensor;
      expect(tf.max(tf.abs(tf.sub(weight, original))).dataSync()[0]).toBeLessThan(tolerance);
    }
    expect(layersModelToOnnx(loaded)).toHaveLength(layersModelToOnnx(model).length);
  });

  it('refuses a quantization that does not say what its numbers stand for', async () => {
    const { path } = await saved();
    await change(path, (json) => {
      const [{ weights }] = json['weightsManifest'] as [{ weights: Record<string, unknown>[] }];
      (weights[0] as Record<string, unknown>)['quantization'] = { dtype: 'uint8', min: 0 };
    });
    await expect(loadLayersModel(path)).rejects.toMatchObject({
      code: 'invalid_model',
      message: expect.stringMatching(/weights\.0\.quantization\.scale/),
    });
  });

  it('refuses a graph model that does not say that it is one', async () => {
    const { path } = await saved();
    await change(path, (json) => {
      delete json['format'];
      json['modelTopology'] = { node: [{ name: 'x', op: 'Placeholder' }], library: {} };
      json['weightsManifest'] = [{ paths: ['shard'], weights: [{ name: 'words', shape: [2], dtype: 'string' }] }];
    });
    await expect(loadLayersModel(path)).rejects.toThrow(
      /model\.json: format: must be "layers-model"; a graph model holds operators, [^;]*$/,
    );
  });

  it('refuses a missing weight file, by name', async () => {
    const { folder, path } = await saved();
    await rm(join(folder, 'group1-shard2of3.bin'));
    await expect(loadLayersModel(path)).rejects.toMatchObject({
      code: 'missing_data',
      message: expect.stringMatching(/group1-shard2of3\.bin: weight file cannot be read/),
    });
  });

  it('refuses a truncated weight file, with both sizes', async () => {
    const { folder, path } = await saved(1);
    await truncate(join(folder, 'group1-shard1of1.bin'), 100);
    await expect(loadLayersModel(path)).rejects.toMatchObject({
      code: 'invalid_model',
      message: expect.stringMatching(/shard1of1\.bin: 100 bytes must be the \d+ that the weights/),
    });
  });

  it.each([
    [100_000, 100_000],
    [2 ** 30, 2 ** 30],
  ])('refuses a weight of %i × %i against its file, before there is memory for it', async (...shape) => {
    const { path } = await saved(1);
    await change(path, (json) => {
      const [{ weights }] = json['weightsManifest'] as [{ weights: Record<string, unknown>[] }];
      (weights[0] as Record<string, unknown>)['shape'] = shape;
    });
    await expect(loadLayersModel(path)).rejects.toMatchObject({
      code: 'invalid_model',
      message: expect.stringMatching(/shard1of1\.bin: \d+ bytes must be the \d{11,} that the weights/),
    });
  });

  it('names the weight that is not of the shape of its layer', async () => {
    const folder = await mkdtemp(join(root, 'swapped-'));
    const path = join(folder, 'model.json');
    const model = chain([4], tfl.layers.dense({ units: 3, name: 'a' }), tfl.layers.dense({ units: 5, name: 'b' }));
    await saveLayersModel(model, folder);
    const text = await readFile(path, 'utf8');
    const swapped = text
      .replace('"units":3', '"units":x')
      .replace('"units":5', '"units":3')
      .replace('"units":x', '"units":5');
    await writeFile(path, swapped);
    await expect(loadLayersModel(path)).rejects.toMatchObject({
      code: 'invalid_model',
      message: `${path}: weight "a/kernel" [4, 3] in weightsManifest must be [4, 5], as its layer in modelTopology says`,
    });
  });

  it('reads a file that begins with a byte order mark', async () => {
    const { path, model } = await saved();
    await writeFile(path, `\uFEFF${await readFile(path, 'utf8')}`);
    expect((await loadLayersModel(path)).countParams()).toBe(model.countParams());
  });

  it.each([
    ['an object of none', { name: 'nothing', layers: [] }, 'model "nothing"'],
    ['a list of none, as Keras 1 had it', [], 'model'],
  ])('refuses a model without layers, whatever weights are beside it: %s', async (_, config, said) => {
    const { path } = await saved();
    const json = JSON.parse(await readFile(path, 'utf8')) as object;
    for (const keras of [
      { class_name: 'Sequential', config },
      { model_config: { class_name: 'Sequential', config } },
    ]) {
      await writeFile(path, JSON.stringify({ ...json, modelTopology: keras }));
      await expect(loadLayersModel(path)).rejects.toMatchObject({
        code: 'invalid_model',
        message: `${path}: ${said}: has 0 layers; must have at least one, and an output`,
      });
    }
    expect(() => layersModelToOnnx(tfl.sequential({ name: 'nothing' }))).toThrow('has 0 layers');
  });

  it('refuses a graph model', async () => {
    const { path } = await saved();
    await change(path, (json) => {
      json['format'] = 'graph-model';
    });
    await expect(loadLayersModel(path)).rejects.toMatchObject({
      code: 'invalid_model',
      message: expect.stringContaining('format: must be "layers-model"'),
    });
  });

  it('refuses weight files outside the folder of the model', async () => {
    const { path } = await saved();
    await change(path, (json) => {
      json['weightsManifest'] = [{ paths: ['../../etc/passwd'], weights: [] }];
    });
    await expect(loadLayersModel(path)).rejects.toThrow('must be below the model');
  });

  it('refuses a layer that tfjs does not know, and says which', async () => {
    const { path } = await saved();
    await writeFile(path, (await readFile(path, 'utf8')).replace('"Flatten"', '"Crumple"'));
    await expect(loadLayersModel(path)).rejects.toMatchObject({
      code: 'invalid_model',
      message: expect.stringMatching(
        /no layer "Crumple".*registerClass.*emitters: \{ Crumple: … \}.*senn-onnx\/export/,
      ),
    });
  });

  it('refuses what is not JSON, and what is not there', async () => {
    const path = join(root, 'text.json');
    await writeFile(path, 'layers');
    await expect(loadLayersModel(path)).rejects.toMatchObject({ code: 'invalid_model' });
    await expect(loadLayersModel(join(root, 'none.json'))).rejects.toMatchObject({ code: 'missing_data' });
  });
});
