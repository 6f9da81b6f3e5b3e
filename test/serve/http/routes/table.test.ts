import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { errorResponseSchema, type PredictResponse, predictResponseSchema } from '../../../../core/api.ts';
import type { Manifest } from '../../../../core/manifest.ts';
import { expectClose } from '../../../helpers/close.ts';
import { tableFeatures, tableRows, writeTableModel } from '../../../helpers/table-model.ts';
import {
  digitPng,
  formOf,
  listening,
  modelPath,
  openModels,
  type TestModels,
  type TestServer,
} from '../../fixtures.ts';

/** `POST /predict` for a model of tables, beside one of images. */

let directory: string;
let manifest: Manifest;
let models: TestModels;
let server: TestServer;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'senn-table-'));
  manifest = await writeTableModel(directory);
  models = await openModels([modelPath, join(directory, 'table')]);
  server = await listening({ models });
});

afterAll(async () => {
  await server.close();
  await models.close();
  await rm(directory, { recursive: true });
});

const named = (row: readonly number[]) => Object.fromEntries(tableFeatures.map(({ name }, f) => [name, row[f]]));
const [first, second, third] = tableRows.map(named) as [object, object, object];

function post(features: readonly object[], query = '', accept = 'application/json'): Promise<Response> {
  return fetch(`${server.url}/predict${query}`, {
    method: 'POST',
    body: JSON.stringify({ instances: features.map((row) => ({ features: row })) }),
    headers: { 'Content-Type': 'application/json', Accept: accept },
  });
}

async function predict(features: readonly object[], query = ''): Promise<PredictResponse> {
  const response = await post(features, query);
  expect(response.status, await response.clone().text()).toBe(200);
  return predictResponseSchema.parse(await response.json());
}

describe('a prediction', () => {
  it('is that of the golden file, for every row in its order', async () => {
    const { predictions, model } = await predict([first, second, third]);
    expect(model).toBe('table');
    expect(predictions).toHaveLength(3);
    for (const [n, { concepts, contributions, logits, label, index }] of predictions.entries()) {
      const [age, priors, female, rate] = tableRows[n] as [number, number, number, number];
      const scaled = [(age - 20) / 50, priors / 40, female, rate / 0.1];
      const standing = ((scaled[0] as number) + (scaled[3] as number)) / 2;
      expectClose(concepts ?? [], [...scaled, 1, standing], { absolute: 1e-6 });
      const sums = logits.map((_, c) => contributions?.reduce((sum, row) => sum + (row[c] as number), 0) as number);
      expectClose(sums, logits, { absolute: 1e-4 });
      expect(label).toBe(manifest.classes[index]);
    }
  });

  it('is the same behind a byte order mark', async () => {
    const body = `\ufeff${JSON.stringify({ instances: [{ features: first }] })}`;
    const headers = { 'Content-Type': 'application/json' };
    const answer = await fetch(`${server.url}/predict`, { method: 'POST', body, headers });
    expect(await answer.json()).toEqual(await predict([first]));
  });

  it('is the same whatever the order of the names', async () => {
    const reversed = Object.fromEntries(Object.entries(first).reverse());
    expect(await predict([reversed])).toEqual(await predict([first]));
  });

  it('of a batch of n is that of n batches of one', async () => {
    const together = await predict([first, second, third]);
    const alone = await Promise.all([first, second, third].map(async (row) => (await predict([row])).predictions[0]));
    together.predictions.forEach(({ logits }, n) => {
      expectClose(logits, alone[n]?.logits ?? [], { absolute: 1e-6 });
    });
  });

  it('with explain=none is bare, and with contrast says why not the other class', async () => {
    const [bare] = (await predict([first], '?explain=none')).predictions;
    expect(Object.keys(bare ?? {}).sort()).toEqual(['index', 'label', 'logits', 'probabilities', 'probability']);
    const [{ index, logits, contrast } = {}] = (await predict([first], '?contrast=medium%20or%20high')).predictions as [
      PredictResponse['predictions'][number],
    ];
    const difference = (logits?.[index ?? 0] as number) - (logits?.[1] as number);
    expectClose(contrast?.contributions.reduce((sum, value) => sum + value, 0) ?? Number.NaN, difference, {
      absolute: 1e-5,
    });
  });
});

describe('traversals', () => {
  const traversalsOf = async (query: string) => {
    const [prediction] = (await predict([first], query)).predictions;
    return prediction?.traversals ?? [];
  };

  it('are decoded feature rows, one a step, with the row itself in the middle', async () => {
    const traversals = await traversalsOf('?steps=3');
    expect(traversals.map(({ concept }) => concept)).toEqual(manifest.concepts.map((_, k) => k));
    for (const { values, features, images } of traversals) {
      expect([values.length, features?.length, images]).toEqual([3, 3, undefined]);
      expect(features?.every((row) => row.length === tableFeatures.length)).toBe(true);
    }
  });

  it('of an identity concept are the feature moving alone, in its own unit', async () => {
    const [, priors] = await traversalsOf('?steps=5');
    const columns = tableFeatures.map((_, f) => (priors?.features ?? []).map((row) => row[f] as number));
    expectClose(columns[1] ?? [], priors?.values.map((value) => 40 * value) ?? [], { absolute: 1e-4 });
    expect(new Set(columns[1]).size).toBe(5);
    for (const f of [0, 2, 3]) expect(new Set(columns[f]).size).toBe(1);
  });

  it('of a constant concept are flat', async () => {
    const bias = (await traversalsOf('?steps=3'))[4];
    expect(bias?.values).toEqual([1, 1, 1]);
    expect(new Set(bias?.features?.map((row) => row.join())).size).toBe(1);
  });

  it('do not change with sheet=1: there is nothing to put on it', async () => {
    expect(await traversalsOf('?sheet=1')).toEqual(await traversalsOf(''));
  });
});

describe('a value outside the training range', () => {
  it('is predicted, with a warning that names feature, value and range', async () => {
    const { predictions } = await predict([first, { ...first, age: 82, rate: -0.01 }], '?explain=none');
    expect(predictions[0]?.warnings).toBeUndefined();
    expect(predictions[1]?.warnings).toEqual([
      { code: 'out_of_range', feature: 'age', value: 82, range: [20, 70] },
      { code: 'out_of_range', feature: 'rate', value: -0.01, range: [0, 0.1] },
    ]);
  });
});

describe('refused with a 4xx', () => {
  const refusal = async (response: Response) => {
    const { error } = errorResponseSchema.parse(await response.json());
    return { status: response.status, code: error.code, message: error.message, details: error.details };
  };

  it('missing and unknown features, each named', async () => {
    const { age: _, ...rest } = { age: 0, ...first } as Record<string, number>;
    expect(await refusal(await post([first, { ...rest, Age: 30, height: 2 }]))).toEqual({
      status: 400,
      code: 'invalid_features',
      message:
        'instances.1: missing age; unknown Age (did you mean age?), height; the model takes age, Number_of_Priors, female, rate',
      details: {
        missing: ['age'],
        unknown: ['Age', 'height'],
        expected: ['age', 'Number_of_Priors', 'female', 'rate'],
        count: { missing: 1, unknown: 2, expected: 4 },
      },
    });
  });

  it.each([
    ['text', '30', /instances\.1\.features\.age: must be a number, got "30"/],
    ['nothing', null, /must be a number, got null/],
    ['true', true, /must be a number, got boolean/],
    ['a list', [30], /must be a number, got an array of 1/],
  ])('a feature that is %s', async (_, age, says) => {
    const refused = await refusal(await post([first, { ...first, age }]));
    expect(refused).toMatchObject({ status: 400, code: 'invalid_features', message: expect.stringMatching(says) });
  });

  it.each(['1e999', '-1e999'])('a number that no number of 64 bits holds: %s', async (number) => {
    const body = JSON.stringify({ instances: [{ features: { ...first, age: 0 } }] }).replace(
      '"age":0',
      `"age":${number}`,
    );
    const headers = { 'Content-Type': 'application/json' };
    expect(await refusal(await fetch(`${server.url}/predict`, { method: 'POST', body, headers }))).toMatchObject({
      code: 'invalid_features',
      message: `body: instances.0.features.age: must be a finite number, got ${Number(number)}`,
    });
  });

  it('a number that float32 cannot hold', async () => {
    const refused = await refusal(await post([{ ...first, age: 1e39 }]));
    expect(refused).toMatchObject({
      code: 'invalid_features',
      message: 'instances.0: age must be a finite float32, got 1e+39',
    });
  });

  it('many unknown features, of which only the first are named', async () => {
    const features = Object.fromEntries(Array.from({ length: 4000 }, (_, i) => [`n${i}-${'x'.repeat(500)}`, i]));
    const response = await post([features]);
    expect(Number(response.headers.get('Content-Length'))).toBeLessThan(4000);
    const { message, details } = await refusal(response);
    expect(details).toMatchObject({ count: { missing: 4, unknown: 4000 } });
    expect(message).toContain('and 3990 more');
  });

  it('more rows than one request may hold', async () => {
    expect(await refusal(await post(Array(65).fill(first)))).toMatchObject({ status: 413, code: 'payload_too_large' });
    expect((await predict(Array(64).fill(first), '?explain=none')).predictions).toHaveLength(64);
  });

  it('an image, and features for a model of images, and both together', async () => {
    const image = await fetch(`${server.url}/predict?model=table`, {
      method: 'POST',
      body: formOf([await digitPng(0)]),
    });
    expect(await refusal(image)).toMatchObject({
      status: 422,
      code: 'unsupported_input',
      message: 'image 0 ("digit-0.png"): model "table" takes features, got image',
    });
    expect(await refusal(await post([first], '?model=mnist-disenn'))).toMatchObject({
      status: 422,
      message: 'instances.0: model "mnist-disenn" takes image, got features',
    });
    const mixed = { instances: [{ features: first }, { image: (await digitPng(0)).toString('base64') }] };
    const headers = { 'Content-Type': 'application/json' };
    const both = await fetch(`${server.url}/predict`, { method: 'POST', body: JSON.stringify(mixed), headers });
    expect(await refusal(both)).toMatchObject({ status: 422, details: { model: 'table', got: 'image' } });
  });

  it('a contrast that is no class', async () => {
    expect(await refusal(await post([first], '?contrast=high'))).toMatchObject({
      status: 400,
      message: 'contrast "high" must be a class of "table"; choose low, medium or high',
    });
  });
});

describe('without model=', () => {
  it('the first model answers that takes what is sent', async () => {
    expect((await predict([first], '?explain=none')).model).toBe('table');
    const image = await fetch(`${server.url}/predict?explain=none`, {
      method: 'POST',
      body: formOf([await digitPng(0)]),
    });
    expect(await image.json()).toMatchObject({ model: 'mnist-disenn' });
  });
});

describe('the other routes', () => {
  it('tell the features with their units and ranges', async () => {
    const { models } = (await (await fetch(`${server.url}/models`)).json()) as { models: Manifest[] };
    expect(models.find(({ name }) => name === 'table')?.input).toEqual({ kind: 'tabular', features: tableFeatures });
    const health = (await (await fetch(`${server.url}/health`)).json()) as { models: string[] };
    expect(health.models).toEqual(['mnist-disenn', 'table']);
  });
});

describe('the figure', () => {
  it('image/png: longer by a panel a row', async () => {
    const heights: number[] = [];
    for (const rows of [[first], [first, second], [first, second, third]]) {
      const response = await post(rows, '', 'image/png');
      expect([response.status, response.headers.get('Content-Type')]).toEqual([200, 'image/png']);
      heights.push((await sharp(await response.arrayBuffer()).metadata()).height);
    }
    const [one = 0, two = 0, three = 0] = heights;
    expect(three - two).toBe(two - one);
    expect(two - one).toBeGreaterThan(200);
  });

  it('text/html: every concept with its value and contribution', async () => {
    const response = await post([{ ...first, age: 82 }], '?contrast=low', 'text/html');
    expect(response.status).toBe(200);
    const html = await response.text();
    const texts = [...html.matchAll(/<text [^>]*>([^<]*)<\/text>/g)].map(([, text]) => text);
    const names = manifest.concepts.map(({ name }) => name);
    expect(texts.filter((text) => names.includes(text ?? '')).toSorted()).toEqual(names.toSorted());
    for (const text of ['82 years', 'trained on 20 to 70', '3 priors', '0.05 %', '+1.00']) {
      expect(texts).toContain(text);
    }
    expect(texts.some((text) => /^age \d.* → \d.* years$/.test(text ?? ''))).toBe(true);
  });
});
