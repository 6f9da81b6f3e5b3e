import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { KeyRing } from '../../serve/middleware/keys.ts';
import { digitPng, listening, modelPath, openModels, type TestModels, type TestServer } from './fixtures.ts';

/** `/predict` is answered in front of Express; with a limit of rates, all of it is in Express. Nobody can tell. */

let models: TestModels;
const servers: Record<'front' | 'express', TestServer> = {} as never;
const KEY = 'a-key-of-more-than-16-letters';
const ring = (key: string | undefined): KeyRing => ({
  size: key === undefined ? 0 : 1,
  owner: (given) => (given === key ? 'owner' : undefined),
  close: () => {},
});

beforeAll(async () => {
  models = await openModels([modelPath]);
  const keys = { api: ring(KEY), admin: ring(undefined) };
  servers.front = await listening({ models, keys });
  servers.express = await listening({ models, keys, config: { rateLimit: { requestsPerMinute: 1000 } } });
});
afterAll(async () => {
  await Promise.all(Object.values(servers).map((server) => server.close()));
  await models.close();
});

const own = new Set(['date', 'x-request-id', 'server-timing', 'ratelimit', 'ratelimit-policy', 'keep-alive']);

async function told(server: TestServer, path: string, init: RequestInit) {
  const response = await fetch(`${server.url}${path}`, init);
  const headers = [...response.headers].filter(([name]) => !own.has(name)).sort();
  return { status: response.status, headers, body: await response.text() };
}

const image = { 'Content-Type': 'image/png', 'X-API-Key': KEY };

describe('in front of Express and in it', () => {
  it.each([
    [
      'a prediction',
      '/predict?explain=concepts',
      async () => ({ method: 'POST', body: await digitPng(0), headers: image }),
    ],
    [
      'a figure',
      '/predict',
      async () => ({ method: 'POST', body: await digitPng(0), headers: { ...image, Accept: 'text/html' } }),
    ],
    [
      'no key',
      '/predict',
      async () => ({ method: 'POST', body: await digitPng(0), headers: { 'Content-Type': 'image/png' } }),
    ],
    ['no body', '/predict', async () => ({ method: 'POST', headers: image })],
    [
      'a query that is wrong',
      '/predict?steps=0',
      async () => ({ method: 'POST', body: await digitPng(0), headers: image }),
    ],
    [
      'a version of no model',
      '/predict?version=1',
      async () => ({ method: 'POST', body: await digitPng(0), headers: image }),
    ],
    [
      'an Accept that is not offered',
      '/predict',
      async () => ({ method: 'POST', body: await digitPng(0), headers: { ...image, Accept: 'video/mp4' } }),
    ],
    ['another method', '/predict', async () => ({ method: 'GET', headers: image })],
    ['health', '/health/live', async () => ({})],
    ['a protocol without a key', '/v2/models/mnist-disenn', async () => ({})],
    ['no route', '/nowhere', async () => ({ headers: image })],
  ] as const)('the answer is the same: %s', async (_, path, init) => {
    const front = await told(servers.front, path, (await init()) as RequestInit);
    expect(await told(servers.express, path, (await init()) as RequestInit)).toEqual(front);
  });

  it('what is refused on its way to a protocol looks as the protocol’s errors', async () => {
    for (const server of Object.values(servers)) {
      const refused = await fetch(`${server.url}/v2/models/mnist-disenn`);
      expect([refused.status, refused.headers.get('X-Error-Code')]).toEqual([401, 'unauthorized']);
      expect(await refused.json()).toEqual({ error: expect.stringContaining('key') });
    }
  });
});
