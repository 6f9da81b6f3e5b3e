import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { errorResponseSchema, type PredictResponse, predictResponseSchema } from '../../../../core/api.ts';
import { tableFeatures, tableRows, writeTableModel } from '../../../helpers/table-model.ts';
import {
  digitPng,
  listening,
  modelPath,
  modelsDirectory,
  openModels,
  type TestModels,
  type TestServer,
} from '../../fixtures.ts';

/** Counterfactuals and interventions over HTTP, of images and of tables. */

let directory: string;
let models: TestModels;
let server: TestServer;
let seven: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'senn-what-if-'));
  await writeTableModel(directory);
  models = await openModels([modelPath, join(directory, 'table'), join(modelsDirectory, 'mnist-prototype-dnn')]);
  server = await listening({ models });
  seven = (await digitPng(0)).toString('base64');
});

afterAll(async () => {
  await server.close();
  await models.close();
  await rm(directory, { recursive: true });
});

const post = (instances: readonly unknown[], query = '', accept = 'application/json'): Promise<Response> =>
  fetch(`${server.url}/predict?model=${query}`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', Accept: accept },
    body: JSON.stringify({ instances }),
  });

type Predictions = PredictResponse['predictions'];

async function predicted(instances: readonly unknown[], query: string): Promise<Predictions> {
  const response = await post(instances, query);
  expect(response.status, await response.clone().text()).toBe(200);
  return predictResponseSchema.parse(await response.json()).predictions;
}

async function refused(instances: readonly unknown[], query: string): Promise<string> {
  const response = await post(instances, query);
  expect(response.status).toBe(400);
  return errorResponseSchema.parse(await response.json()).error.message;
}

const asTensor = (uri: string) => Buffer.from(uri.replace('data:image/png;base64,', ''), 'base64');
const row = Object.fromEntries(tableFeatures.map(({ name }, f) => [name, tableRows[0]?.[f]]));

describe('explain=counterfactual', () => {
  it('answers with concepts and a picture that the model itself takes for the class', async () => {
    const [prediction] = await predicted([{ image: seven }], 'mnist-disenn&explain=concepts,counterfactual&contrast=4');
    const found = prediction?.counterfactual;
    expect(found).toMatchObject({ label: '4', index: 4, verified: true });
    expect(found?.distance).toBeGreaterThan(0);
    expect(found?.probability).toBeGreaterThan(0.5);
    expect(found?.concepts).toHaveLength(prediction?.concepts?.length ?? -1);
    const picture = asTensor(String(found?.image));
    expect(await sharp(picture).metadata()).toMatchObject({ width: 28, height: 28 });
    const [again] = await predicted([{ image: picture.toString('base64') }], 'mnist-disenn&explain=none&invert=false');
    expect(again?.label).toBe('4');
  });

  it('of the class that is predicted is where the input is', async () => {
    const [prediction] = await predicted([{ image: seven }], 'mnist-disenn&explain=concepts,counterfactual&contrast=7');
    expect(prediction?.counterfactual).toMatchObject({ label: '7', distance: 0, changed: [] });
    expect(prediction?.counterfactual?.concepts).toEqual(prediction?.concepts);
  });

  it('of a table has features', async () => {
    const [{ label } = { label: '' }] = await predicted([{ features: row }], 'table&explain=none');
    const other = ['low', 'medium or high'].find((name) => name !== label) as string;
    const query = `table&explain=counterfactual&contrast=${encodeURIComponent(other)}`;
    const [prediction] = await predicted([{ features: row }], query);
    expect(prediction?.counterfactual?.label).toBe(other);
    expect(prediction?.counterfactual?.features).toHaveLength(tableFeatures.length);
    expect(prediction?.counterfactual).not.toHaveProperty('image');
    const bias = tableFeatures.length;
    expect(prediction?.counterfactual?.concepts[bias]).toBe(1);
  });

  it('without a decoder is a training input of that class', async () => {
    const query = 'mnist-prototype-dnn&explain=counterfactual&contrast=4';
    const [prediction] = await predicted([{ image: seven }], query);
    const picture = asTensor(String(prediction?.counterfactual?.image)).toString('base64');
    const [again] = await predicted([{ image: picture }], 'mnist-prototype-dnn&explain=none&invert=false');
    expect(again?.label).toBe('4');
  });

  it('is refused without a class, and for one that is not there, whatever the form of the answer', async () => {
    expect(await refused([{ image: seven }], 'mnist-disenn&explain=counterfactual')).toContain(
      'counterfactual needs contrast, a class of "mnist-disenn"; choose 0, 1, 2',
    );
    expect(await refused([{ image: seven }], 'mnist-disenn&explain=counterfactual&contrast=zebra')).toContain(
      'contrast "zebra" must be a class of "mnist-disenn"; choose 0, 1, 2',
    );
    const figure = await post([{ image: seven }], 'mnist-disenn&explain=counterfactual', 'image/svg+xml');
    expect(figure.status).toBe(400);
  });
});

describe('concepts beside an instance', () => {
  it('are set, and the answer shows what that looks like and what the model says of it', async () => {
    const instances = [{ image: seven }, { image: seven, concepts: { '3': 1.5, 'concept B': -1 } }];
    const [plain, set] = await predicted(instances, 'mnist-disenn&explain=concepts,relevances');
    const expected = plain?.concepts?.map((value, k) => ({ 1: -1, 3: 1.5 })[k] ?? value);
    expect(set?.concepts).toEqual(expected);
    // θ reads the concepts, so it is computed again; of this model it hardly depends on them
    const [own, moved] = [plain, set].map((one) => one?.relevances?.flat() as number[]) as [number[], number[]];
    expect(moved).not.toEqual(own);
    own.forEach((value, i) => {
      expect(Math.abs(value - (moved[i] as number))).toBeLessThan(0.05);
    });
    expect(plain).not.toHaveProperty('reread');
    expect(await sharp(asTensor(String(set?.image))).metadata()).toMatchObject({ width: 28, height: 28 });
    const again = asTensor(String(set?.image)).toString('base64');
    const [reread] = await predicted([{ image: again }], 'mnist-disenn&explain=concepts&invert=false');
    expect(set?.reread?.label).toBe(reread?.label);
    reread?.concepts?.forEach((value, k) => {
      expect(value).toBeCloseTo(set?.reread?.concepts[k] as number, 1); // the PNG has 256 greys
    });
  });

  it('of a table give features', async () => {
    const [set] = await predicted([{ features: row, concepts: { standing: 0.5 } }], 'table&explain=concepts');
    expect(set?.concepts?.at(-1)).toBe(0.5);
    expect(set?.features).toHaveLength(tableFeatures.length);
    expect(set?.reread?.concepts).toHaveLength(tableFeatures.length + 2);
  });

  it('are refused with their place, by name', async () => {
    const tried = (concepts: unknown) => refused([{ image: seven }, { image: seven, concepts }], 'mnist-disenn');
    expect(await tried({ nose: 1 })).toContain('instances.1.concepts: unknown concept "nose" of "mnist-disenn"');
    expect(await tried({ '3': 1e9 })).toContain('must be from');
    expect(await tried({ '3': 'much' })).toContain('must be a number, got "much"');
    expect(await tried([1])).toContain('concepts');
  });

  it('stands in the explanations of the V1 protocol too', async () => {
    const response = await fetch(`${server.url}/v1/models/mnist-disenn:explain?explain=counterfactual&contrast=4`, {
      method: 'POST',
      body: JSON.stringify({ instances: [{ image: seven }] }),
    });
    const { predictions, explanations } = (await response.json()) as Record<string, Record<string, unknown>[]>;
    expect(predictions?.[0]).toMatchObject({ label: '7' });
    expect(predictions?.[0]).not.toHaveProperty('counterfactual');
    expect(explanations?.[0]?.['counterfactual']).toMatchObject({ label: '4', verified: true });
  });

  it('belong to no protocol but /predict', async () => {
    const send = (path: string, body: unknown) =>
      fetch(`${server.url}${path}`, { method: 'POST', body: JSON.stringify(body) }).then((response) => response.json());
    const v1 = await send('/v1/models/mnist-disenn:predict', { instances: [{ image: seven, concepts: { '3': 1 } }] });
    expect(JSON.stringify(v1)).toContain('an object with one of image, b64, features, input');
  });
});
