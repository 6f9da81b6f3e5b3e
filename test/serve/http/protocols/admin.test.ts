import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { SennError } from '../../../../core/errors.ts';
import { defaultLimits } from '../../../../serve/config/limits.ts';
import type { ModelAdmin, Models, ServedModel } from '../../../../serve/inference/served-model.ts';
import { fakeManifest } from '../../../helpers/fake-model.ts';
import { listenOn, modelsOf, type TestServer } from '../../fixtures.ts';
import { protocolApp, send } from './server.ts';

/** Triton's model repository extension, and our own admin routes. */

const never = (): never => {
  throw new Error('not asked for here');
};
const served = (name: string, version: string): ServedModel => ({
  manifest: { ...fakeManifest, name, version },
  executionProvider: 'fake',
  files: new Map(),
  answer: never,
  figure: never,
  tensors: never,
  attributions: never,
});

const inUse = served('in-use', '1');
let changes: string[] = [];
const admin: ModelAdmin = {
  async load(name) {
    changes.push(`load ${name}`);
    if (name === 'broken') throw new SennError('invalid_model', 'broken/manifest.json: version: must be text');
    return served(name, '2.0-rc.1');
  },
  async unload(name) {
    changes.push(`unload ${name}`);
  },
  index: async () => [
    { name: 'in-use', version: '1', state: 'ready', reason: '' },
    { name: 'a.b-c', version: '2.0-rc.1', state: 'unavailable', reason: 'unloaded' },
    { name: 'broken', version: '', state: 'unavailable', reason: 'broken/manifest.json: version: must be text' },
  ],
};

let server: TestServer;
let without: TestServer;

beforeAll(async () => {
  const models: Models = modelsOf([inUse]);
  server = await listenOn(protocolApp({ models, admin, limits: { ...defaultLimits, bodyBytes: 1000 } }));
  without = await listenOn(protocolApp({ models }));
});

afterAll(async () => {
  await Promise.all([server.close(), without.close()]);
});

beforeEach(() => {
  changes = [];
});

const post = async (path: string, body = '') => {
  const { status, json } = await send(server, 'POST', path, body);
  return [status, json<unknown>()];
};

/** As `get_model_repository_index`, `load_model` and `unload_model` of tritonclient send them: JSON of no Content-Type. */
it('the repository: its index, load and unload', async () => {
  const index = [
    { name: 'in-use', version: '1', state: 'READY', reason: '' },
    { name: 'a.b-c', version: '2.0-rc.1', state: 'UNAVAILABLE', reason: 'unloaded' },
    { name: 'broken', version: '', state: 'UNAVAILABLE', reason: expect.any(String) },
  ];
  expect(await post('/v2/repository/index')).toEqual([200, index]);
  expect(await post('/v2/repository/index', '{"ready":true}')).toEqual([200, index.slice(0, 1)]);
  expect(await post('/v2/repository/models/a.b-c/load', '{}')).toEqual([200, {}]);
  expect(await post('/v2/repository/models/a%2Eb%2Dc/load')).toEqual([200, {}]);
  const unload = '{"parameters":{"unload_dependents":false,"config":null}}';
  expect(await post('/v2/repository/models/in-use/unload', unload)).toEqual([200, {}]);
  expect(changes).toEqual(['load a.b-c', 'load a.b-c', 'unload in-use']);
  const { json } = await send(server, 'GET', '/v2');
  expect(json()).toMatchObject({ extensions: ['binary_tensor_data', 'model_repository'] });
});

it('the repository refuses what would write or name a path, with a text for an error', async () => {
  for (const [path, body, status] of [
    ['/v2/repository/models/..%2F..%2Fetc/load', '', 404],
    ['/v2/repository/models/nobody/load', '', 404],
    ['/v2/repository/models/in-use%00/unload', '', 404],
    ['/v2/repository/models/in-use/load', '{"parameters":{"config":"{}"}}', 400],
    ['/v2/repository/models/in-use/load', '{"parameters":{"file:1/model.onnx":"AAAA"}}', 400],
    ['/v2/repository/models/in-use/load', '[]', 400],
    ['/v2/repository/models/in-use/load', ' '.repeat(1001), 413],
    ['/v2/repository/index', '{"ready":1}', 400],
  ] as const) {
    expect(await post(path, body), path).toEqual([status, { error: expect.any(String) }]);
  }
  expect(changes).toEqual([]);
  expect(await post('/v2/repository/models/broken/load')).toEqual([500, { error: expect.stringContaining('version') }]);
});

it('our own: what there is, load, reload and unload', async () => {
  const { json } = await send(server, 'GET', '/admin/models');
  expect(json()).toEqual({ models: await admin.index() });
  const ready = { name: 'a.b-c', version: '2.0-rc.1', state: 'ready', reason: '' };
  expect(await post('/admin/models/a.b-c/load')).toEqual([200, ready]);
  expect(await post('/admin/models/in-use/reload')).toEqual([200, { ...ready, name: 'in-use' }]);
  expect(await post('/admin/models/in-use/unload')).toEqual([
    200,
    { name: 'in-use', version: '1', state: 'unavailable', reason: 'unloaded' },
  ]);
  expect(changes).toEqual(['load a.b-c', 'load in-use', 'unload in-use']);
});

it('our own refuse in our own form, and do nothing', async () => {
  for (const [path, status, code] of [
    ['/admin/models/nobody/load', 404, 'unknown_model'],
    ['/admin/models/..%2F..%2Fetc/load', 404, 'unknown_model'],
    ['/admin/models/a.b-c/reload', 404, 'unknown_model'],
    ['/admin/models/in-use/destroy', 404, 'not_found'],
    ['/admin/models/in-use/constructor', 404, 'not_found'],
    ['/admin/models', 405, 'method_not_allowed'],
  ] as const) {
    expect(await post(path), path).toMatchObject([status, { error: { code } }]);
  }
  expect(changes).toEqual([]);
  expect(await post('/admin/models/broken/load')).toMatchObject([500, { error: { code: 'invalid_model' } }]);
});

it('where it is switched off, nothing of it is there', async () => {
  for (const path of ['/v2/repository/index', '/v2/repository/models/in-use/unload', '/admin/models/in-use/unload']) {
    expect((await send(without, 'POST', path)).status).toBe(404);
  }
  expect(changes).toEqual([]);
});

it('refuses a configuration, on the admin routes as on those of V2', async () => {
  const config = JSON.stringify({ config: '{}' });
  for (const change of ['load', 'reload', 'unload']) {
    const [status, body] = await post(`/admin/models/in-use/${change}`, config);
    expect(status).toBe(400);
    expect(JSON.stringify(body)).toContain('Unrecognized key: \\"config\\"');
  }
  const [status, body] = await post('/v2/repository/models/in-use/load', config);
  expect([status, body]).toEqual([400, { error: 'body: Unrecognized key: "config"' }]);
  expect(changes).toEqual([]);
});
