import { mkdtemp, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadLayersModel } from '../../export/load-layers-model.ts';
import { startBackend } from './parity.ts';
import { createTrio, saveLayersModel } from './run-folder.ts';

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
      message: expect.stringContaining('Crumple'),
    });
  });

  it('refuses what is not JSON, and what is not there', async () => {
    const path = join(root, 'text.json');
    await writeFile(path, 'layers');
    await expect(loadLayersModel(path)).rejects.toMatchObject({ code: 'invalid_model' });
    await expect(loadLayersModel(join(root, 'none.json'))).rejects.toMatchObject({ code: 'missing_data' });
  });
});
