import { request as httpRequest, type OutgoingHttpHeaders } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { KeyRing } from '../../../serve/http/middleware/keys.ts';
import { digitPng, listening, modelPath, openModels, type TestModels, type TestServer } from '../fixtures.ts';

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
      expect(refused.headers.get('Content-Type')).toBe('application/json'); // KServe's client reads no other
      expect(await refused.json()).toEqual({ error: expect.stringContaining('key') });
    }
  });
});

describe('the headers of an answer', () => {
  const origin = 'https://page.example';
  const sharing: Record<'front' | 'express', TestServer> = {} as never;
  beforeAll(async () => {
    const cors = { origins: [origin, 'https://another.example'] };
    sharing.front = await listening({ models, config: { cors } });
    sharing.express = await listening({ models, config: { cors, rateLimit: { requestsPerMinute: 1000 } } });
  });
  afterAll(() => Promise.all(Object.values(sharing).map((server) => server.close())));

  /** As they came: `fetch` would join those that came twice. */
  async function rawHeaders(server: TestServer, path: string, method: string, headers: OutgoingHttpHeaders, body = '') {
    const { status, raw } = await new Promise<{ status: number; raw: string[] }>((resolve, reject) => {
      const sent = httpRequest(`${server.url}${path}`, { method, headers }, (response) => {
        response.resume().on('end', () => resolve({ status: response.statusCode ?? 0, raw: response.rawHeaders }));
      });
      sent.on('error', reject).end(body, 'latin1');
    });
    const names = raw.filter((_, i) => i % 2 === 0).map((name) => name.toLowerCase());
    return { status, names, told: new Map(names.map((name, i) => [name, raw[2 * i + 1]])) };
  }

  const png = { 'Content-Type': 'image/png', 'X-Request-Id': 'its-own-id' };
  it.each([
    ['a prediction', 200, 'POST', '/predict?explain=none', png, 'Origin, Accept'],
    ['a figure', 200, 'POST', '/predict', { ...png, Accept: 'text/html' }, 'Origin, Accept'],
    ['an error', 400, 'POST', '/predict?steps=0', png, 'Origin, Accept'],
    ['what Express answers', 200, 'GET', '/health', { 'X-Request-Id': 'its-own-id' }, 'Origin'],
    ['no route', 404, 'GET', '/nowhere', { 'X-Request-Id': 'its-own-id' }, 'Origin'],
    [
      'a preflight',
      204,
      'OPTIONS',
      '/predict',
      { 'X-Request-Id': 'its-own-id', 'Access-Control-Request-Method': 'POST' },
      undefined,
    ],
  ])('are all there, each once: %s', async (_, status, method, path, headers, vary) => {
    for (const server of Object.values(sharing)) {
      const body = method === 'POST' ? (await digitPng(0)).toString('latin1') : '';
      const answer = await rawHeaders(server, path, method, { ...headers, Origin: origin }, body);
      expect(answer.status).toBe(status);
      expect(answer.names).toEqual([...new Set(answer.names)]);
      expect(Object.fromEntries(answer.told)).toMatchObject({
        'x-request-id': 'its-own-id',
        'x-content-type-options': 'nosniff',
        'content-security-policy': expect.stringContaining("default-src 'none'"),
        'access-control-allow-origin': origin,
        ...(vary !== undefined && { vary }),
      });
    }
  });

  it.each(['front', 'express'] as const)('are there without pages of other origins too, in %s', async (kind) => {
    const body = (await digitPng(0)).toString('latin1');
    const answer = await rawHeaders(servers[kind], '/predict?explain=none', 'POST', { ...png, 'X-API-Key': KEY }, body);
    expect(answer.status).toBe(200);
    expect(answer.names).toEqual([...new Set(answer.names)]);
    expect(Object.fromEntries(answer.told)).toMatchObject({ 'x-request-id': 'its-own-id', vary: 'Accept' });
  });
});
