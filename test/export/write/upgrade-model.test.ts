import { cp, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { parseManifest } from '../../../core/manifest.ts';
import { featureRow, type TabularInput } from '../../../core/tables/features.ts';
import { exportRun } from '../../../export/write/write-model.ts';
import { verifyModel } from '../../../serve/commands/verify/verify.ts';
import { openSession } from '../../../serve/inference/onnxruntime.ts';
import { loadPredictor } from '../../../serve/models/model-folder.ts';

/** A model of schema version 1, as this project wrote and shipped it. */
const old = join(import.meta.dirname, '../../fixtures/schema-v1/compas-senn');

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'senn-upgrade-'));
});
afterAll(() => rm(folder, { recursive: true }));

const predicted = async (path: string) => {
  const predictor = await loadPredictor(path, openSession);
  const { features } = predictor.manifest.input as TabularInput;
  const values = Object.fromEntries(features.map(({ name, range: [, high] }) => [name, high]));
  const [prediction] = await predictor.predict(featureRow(values, 'row', predictor.manifest.input as TabularInput));
  await predictor.close();
  return prediction;
};

it('a model of schema version 1 loads and verifies as it is', async () => {
  const { checks } = await verifyModel(old, openSession);
  expect(checks.filter(({ passed }) => !passed)).toEqual([]);
  expect(checks.map(({ graph }) => graph)).toEqual(['conceptizer', 'parameterizer', 'decoder', 'aggregator']);
});

it('export brings it to today’s schema, with the forward pass in one graph and the same answers', async () => {
  const upgraded = join(folder, 'compas-senn');
  await exportRun(old, upgraded);
  const manifest = parseManifest(JSON.parse(await readFile(join(upgraded, 'manifest.json'), 'utf8')));
  expect(JSON.parse(await readFile(join(upgraded, 'manifest.json'), 'utf8'))).toEqual(manifest);
  expect(manifest.graphs.model?.outputs).toEqual(['concepts', 'relevances']);
  for (const graph of ['conceptizer', 'parameterizer', 'decoder']) {
    const [before, after] = [old, upgraded].map((path) => readFile(join(path, `${graph}.onnx`)));
    expect(Buffer.compare((await before) as Buffer, (await after) as Buffer), graph).toBe(0);
  }
  expect((await verifyModel(upgraded, openSession)).checks.filter(({ passed }) => !passed)).toEqual([]);
  expect(await predicted(upgraded)).toEqual(await predicted(old));
  const again = join(folder, 'again', 'compas-senn');
  await cp(upgraded, again, { recursive: true });
  await exportRun(again, again);
  for (const file of ['manifest.json', 'model.onnx']) {
    const [before, after] = [upgraded, again].map((path) => readFile(join(path, file)));
    expect(Buffer.compare((await before) as Buffer, (await after) as Buffer), file).toBe(0);
  }
});
