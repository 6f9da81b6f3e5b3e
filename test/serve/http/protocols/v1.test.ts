import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Manifest } from '../../../../core/manifest.ts';
import { defaultLimits } from '../../../../serve/config/limits.ts';
import {
  v1ExplainResponseSchema,
  v1ModelsSchema,
  v1PredictResponseSchema,
} from '../../../../serve/http/protocols/v1/router.ts';
import type { Models } from '../../../../serve/inference/served-model.ts';
import { expectClose } from '../../../helpers/close.ts';
import {
  digitPng,
  listenOn,
  modelPath,
  modelsDirectory,
  openModels,
  type TestModels,
  type TestServer,
} from '../../fixtures.ts';
import { type Answer, goldenOf, nested, protocolApp, send } from './server.ts';

/** KServe's V1 protocol: https://kserve.github.io/website/docs/concepts/architecture/data-plane/v1-protocol */

const limits = { ...defaultLimits, bodyBytes: 1 << 20, instancesPerRequest: 8 };
let models: TestModels;
let server: TestServer;
let features: string[];

beforeAll(async () => {
  models = await openModels([modelPath, join(modelsDirectory, 'compas-senn')]);
  const { input } = models.named('compas-senn').manifest;
  features = (input as Extract<Manifest['input'], { kind: 'tabular' }>).features.map(({ name }) => name);
  server = await listenOn(protocolApp({ models, limits }));
});

afterAll(async () => {
  await server.close();
  await models.close();
});

const post = (target: string, body: unknown): Promise<Answer> =>
  send(
    server,
    'POST',
    `/v1/models/${target}`,
    typeof body === 'string' || body instanceof Uint8Array ? body : JSON.stringify(body),
  );

async function predictions(target: string, body: unknown) {
  const answer = await post(target, body);
  expect(answer.status, answer.body.toString()).toBe(200);
  return v1PredictResponseSchema.parse(answer.json()).predictions;
}

async function refusal(target: string, body: unknown) {
  const answer = await post(target, body);
  const { error, ...rest } = answer.json<{ error: string }>();
  expect(rest).toEqual({});
  return { status: answer.status, code: answer.headers['x-error-code'], error };
}

describe('GET', () => {
  it('/v1/models lists the models, and a model says that it is ready', async () => {
    const { models: names } = v1ModelsSchema.parse((await send(server, 'GET', '/v1/models')).json());
    expect(names).toEqual(['mnist-disenn', 'compas-senn']);
    const ready = await send(server, 'GET', '/v1/models/compas-senn');
    expect([ready.status, ready.json()]).toEqual([200, { name: 'compas-senn', ready: true }]);
  });

  it('/ says that the server lives to clients that take any type, and leaves the page to browsers', async () => {
    const live = await send(server, 'GET', '/', '', { Accept: '*/*' });
    expect([live.status, live.json(), live.headers['vary']]).toEqual([200, { status: 'alive' }, 'Accept']);
    const browser = await send(server, 'GET', '/', '', { Accept: 'text/html,application/xhtml+xml,*/*;q=0.8' });
    expect([browser.status, browser.headers['vary']]).toEqual([404, 'Accept']); // there is no page in this app
  });

  it('an unknown model, a verb without POST and another path', async () => {
    const unknown = await send(server, 'GET', '/v1/models/nobody');
    expect([unknown.status, unknown.json<{ error: string }>().error]).toEqual([
      404,
      expect.stringContaining('unknown model "nobody"'),
    ]);
    const verb = await send(server, 'GET', '/v1/models/compas-senn:predict');
    expect([verb.status, verb.headers['allow']]).toEqual([405, 'POST']);
    expect((await send(server, 'GET', '/v1/other')).status).toBe(404);
    expect((await send(server, 'DELETE', '/v1/models')).headers['allow']).toBe('GET, HEAD');
  });

  it('a server that is not ready is told by 503, which KServe’s client reads as "not ready"', async () => {
    const closing = await listenOn(protocolApp({ models, ready: () => false }));
    const answer = await send(closing, 'GET', '/v1/models/compas-senn');
    await closing.close();
    expect([answer.status, answer.json()]).toEqual([503, { name: 'compas-senn', ready: false }]);
  });
});

describe('/versions/N, as TensorFlow Serving has it', () => {
  const body = JSON.stringify({
    signature_name: null,
    inputs: null,
    instances: nested(goldenOf('compas-senn')('input')),
  });
  it.each(['predict', 'explain'])(':%s asks a version', async (verb) => {
    const asked: (string | undefined)[] = [];
    const named: Models['named'] = (name, version) => {
      asked.push(version);
      return models.named(name);
    };
    const app = await listenOn(protocolApp({ models: { ...models, named } }));
    const answer = await send(app, 'POST', `/v1/models/compas-senn/versions/7:${verb}`, body);
    const ready = await send(app, 'GET', '/v1/models/compas-senn/versions/8');
    await app.close();
    expect([answer.status, ready.status, asked]).toEqual([200, 200, ['7', '8']]);
  });
});

describe(':predict', () => {
  it('takes null for the forms that an instance has not', async () => {
    const nulls = { image: null, b64: null, input: null, features: null };
    const row = Object.fromEntries(features.map((name) => [name, 0]));
    expect(await predictions('compas-senn:predict', { instances: [{ ...nulls, features: row }] })).toHaveLength(1);
    for (const wrong of [nulls, { input: [[0]], other: null }]) {
      expect(await refusal('compas-senn:predict', { instances: [wrong] })).toMatchObject({ status: 400 });
    }
  });

  /** `InferenceRESTClient.infer` of https://github.com/kserve/kserve/blob/master/python/kserve/kserve/inference_client.py */
  it('takes what KServe’s client sends: orjson’s bytes, and no Content-Type', async () => {
    const golden = goldenOf('compas-senn')('input');
    const body = `{"instances":[${nested(golden).map((row) => JSON.stringify(row))}]}`;
    const rows = await predictions('compas-senn:predict', body);
    expectClose(
      rows.map(({ logits }) => logits),
      nested(goldenOf('compas-senn')('logits')) as number[][],
      { absolute: 1e-4, relative: 1e-4 },
    );
    expect(Object.keys(rows[0] ?? {})).not.toContain('concepts');
  });

  it('gives the same for an image in every form, and the golden logits for its numbers', async () => {
    const image = (await digitPng(0)).toString('base64');
    const forms = [{ image }, { image: { b64: image } }, { b64: image }];
    const [first, ...others] = await predictions('mnist-disenn:predict', { instances: forms });
    for (const other of others) expect(other).toEqual(first);
    const golden = goldenOf('mnist-disenn');
    const images = nested(golden('input')) as unknown[][];
    const options = { absolute: 1e-4, relative: 1e-4 };
    const expected = nested(golden('logits')) as number[][];
    for (const instances of [images, images.map(([plane]) => plane), images.map((input) => ({ input }))]) {
      const rows = await predictions('mnist-disenn:predict', { instances });
      expectClose(
        rows.map(({ logits }) => logits),
        expected,
        options,
      );
    }
  });

  it('gives the same for a table by name, in a list, and in columns', async () => {
    const rows = nested(goldenOf('compas-senn')('input')) as number[][];
    const named = rows.map((row) => ({ features: Object.fromEntries(features.map((name, f) => [name, row[f]])) }));
    const columns = Object.fromEntries(features.map((name, f) => [name, rows.map((row) => row[f])]));
    const expected = await predictions('compas-senn:predict', { instances: rows });
    for (const body of [
      { instances: named },
      { instances: [named[0], ...rows.slice(1)] },
      { inputs: rows },
      { inputs: columns },
      { inputs: { input: rows } },
      { signature_name: 'serving_default', instances: rows },
    ]) {
      expect(await predictions('compas-senn:predict', body)).toEqual(expected);
    }
  });

  it('takes its target percent-encoded', async () => {
    const body = { instances: nested(goldenOf('compas-senn')('input')) };
    expect(await predictions('compas%2Dsenn%3Apredict', body)).toEqual(await predictions('compas-senn:predict', body));
  });
});

describe(':explain', () => {
  it('adds the explanations of /predict', async () => {
    const body = { instances: [{ image: { b64: (await digitPng(0)).toString('base64') } }] };
    const bare = await predictions('mnist-disenn:predict', body);
    const answer = await post('mnist-disenn:explain?steps=3&contrast=3', body);
    const explained = v1ExplainResponseSchema.parse(answer.json());
    expect(explained.predictions).toEqual(bare);
    const [{ concepts, contributions, relevances, traversals, contrast, logits } = {}] = explained.explanations;
    expect(logits).toEqual(bare[0]?.logits);
    expect([concepts?.length, contributions?.length, relevances?.length]).toEqual([10, 10, 10]);
    expect(traversals?.map(({ images }) => images?.length)).toEqual(Array(10).fill(3));
    expect(contrast?.label).toBe('3');
    const sheet = v1ExplainResponseSchema.parse((await post('mnist-disenn:explain?sheet=1', body)).json());
    expect(sheet.explanations[0]?.sheet).toMatch(/^data:image\/png;base64,/);
  });

  it('keeps the warnings of a table with its predictions', async () => {
    const [row] = nested(goldenOf('compas-senn')('input')) as number[][];
    const odd = features.map((name, f) => (name === 'Number_of_Priors' ? 500 : row?.[f]));
    const explained = v1ExplainResponseSchema.parse((await post('compas-senn:explain', { instances: [odd] })).json());
    expect(explained.predictions[0]?.warnings).toMatchObject([{ feature: 'Number_of_Priors', value: 500 }]);
  });
});

describe('refused', () => {
  const shaped = (value: number) => Array(28).fill(Array(28).fill(value));

  it.each([
    ['no body', '', 'missing_input', /nothing to predict/],
    ['no JSON', '{', 'invalid_json', /^body: /],
    ['no UTF-8', Buffer.from([0x22, 0xff, 0x22]), 'invalid_json', /^body: /],
    ['neither', {}, 'invalid_request', /must be \{"instances": \[…\]\} or/],
    ['both', { instances: [], inputs: [] }, 'invalid_request', /or \{"inputs": …\}/],
    ['no instance', { instances: [] }, 'missing_input', /nothing to predict/],
    ['a number', { instances: [1] }, 'invalid_request', /instances\.0: must be a list of numbers, or an object.*got 1/],
    [
      'an unknown form',
      { instances: [{ picture: '' }] },
      'invalid_request',
      /image, b64, features, input; got \{"picture"\}/,
    ],
    ['two forms', { instances: [{ b64: '', image: '' }] }, 'invalid_request', /got \{"b64","image"\}/],
    ['no base64', { instances: [{ b64: '#' }] }, 'invalid_request', /instances\.0\.b64: must be base64/],
    ['a wrong height', { instances: [shaped(0).slice(1)] }, 'invalid_request', /instances\.0: must be a list of 28/],
    ['a text', { instances: [[Array(28).fill('0')]] }, 'invalid_request', /instances\.0/],
    [
      'bytes as numbers',
      { instances: [shaped(255)] },
      'invalid_request',
      /value 0 of input 0 must be in \[0, 1\].*255/,
    ],
    [
      'a number beyond float32',
      { instances: [[shaped(1e39)]] },
      'invalid_request',
      /instances\.0\.0\.0\.0: must be a finite float32/,
    ],
    [
      'a number beyond 64 bits',
      JSON.stringify({ instances: [[shaped(7)]] }).replace('7', '1e999'),
      'invalid_request',
      /instances\.0\.0\.0\.0: must be a finite float32, got Infinity/,
    ],
    [
      'columns of two lengths',
      { inputs: { a: [1], b: [1, 2] } },
      'invalid_request',
      /inputs\.b: 2 elements must match the 1 of a/,
    ],
    ['a column that is no list', { inputs: { a: 1 } }, 'invalid_request', /inputs\.a: must be a list/],
  ])('%s', async (_, body, code, says) => {
    expect(await refusal('mnist-disenn:predict', body)).toEqual({
      status: 400,
      code,
      error: expect.stringMatching(says),
    });
  });

  it('numbers beside files, a table in the place of an image, and the other way round', async () => {
    const image = { b64: (await digitPng(0)).toString('base64') };
    expect(await refusal('mnist-disenn:predict', { instances: [image, shaped(0)] })).toMatchObject({ status: 422 });
    const row = nested(goldenOf('compas-senn')('input'))[0];
    expect(await refusal('compas-senn:predict', { instances: [row, image] })).toMatchObject({ status: 422 });
    expect(await refusal('mnist-disenn:predict', { instances: [row] })).toMatchObject({ status: 400 });
  });

  it('more than one request may hold: instances, columns, bytes declared and bytes sent', async () => {
    expect(await refusal('compas-senn:predict', { instances: Array(9).fill([]) })).toMatchObject({ status: 413 });
    expect(await refusal('compas-senn:predict', { inputs: { a: Array(9).fill(1) } })).toMatchObject({ status: 413 });
    const wide = Object.fromEntries(Array.from({ length: 4097 }, (_, i) => [`f${i}`, [1]]));
    expect(await refusal('compas-senn:predict', { inputs: wide })).toMatchObject({ status: 413 });
    expect(await refusal('compas-senn:predict', ' '.repeat(limits.bodyBytes + 1))).toMatchObject({ status: 413 });
    const headers = { 'Content-Encoding': 'gzip' };
    const inflated = await send(server, 'POST', '/v1/models/compas-senn:predict', 'x', headers);
    expect(inflated.status).toBe(415);
  });

  it('an unknown model, verb, query parameter or contrast', async () => {
    expect(await refusal('nobody:predict', '')).toMatchObject({ status: 404, code: 'unknown_model' });
    expect(await refusal('mnist-disenn:classify', '')).toMatchObject({ status: 404, code: 'not_found' });
    expect(await refusal('mnist-disenn', '')).toMatchObject({ status: 404, code: 'not_found' });
    expect(await refusal('mnist-disenn:predict?steps=3', '')).toMatchObject({ status: 400, error: /steps/ });
    expect(await refusal('mnist-disenn:explain?contrast=ten', '')).toMatchObject({
      status: 400,
      error: /contrast "ten"/,
    });
    expect(await refusal('%zz:predict', '')).toMatchObject({ status: 400 });
  });
});
