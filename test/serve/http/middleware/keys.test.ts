import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { request as httpRequest } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { identifyClient, requireAdminKey, requireKey } from '../../../../serve/http/middleware/api-keys.ts';
import { type KeyRing, openKeyRing, readKeys } from '../../../../serve/http/middleware/keys.ts';
import { appOf, type TestApp } from './middleware-app.ts';

const API = 'api-0123456789abcdef';
const OTHER = 'other-0123456789abcdef';
const ADMIN = 'admin-0123456789abcdef';

let folder: string;
const rings: KeyRing[] = [];
const quiet = pino({ level: 'silent' });

function ringOf(keys: readonly string[], file?: string, lookAgain?: number): KeyRing {
  const ring = openKeyRing({ keys, file }, quiet, lookAgain);
  rings.push(ring);
  return ring;
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'senn-keys-'));
});
afterAll(() => rm(folder, { recursive: true }));
afterEach(() => {
  for (const ring of rings.splice(0)) ring.close();
});

async function fileOf(content: string): Promise<string> {
  const path = join(folder, 'keys');
  await writeFile(path, content);
  return path;
}

async function protectedApp(
  api: readonly string[],
  admin: readonly string[],
  allowedHosts: readonly string[] = [],
): Promise<TestApp> {
  const keys = { api: ringOf(api), admin: ringOf(admin) };
  return appOf((app) => {
    app.use(identifyClient(keys), requireKey(keys));
    app.get(['/predict', '/health', '/health/live', '/health/ready', '/v2/health/live'], (_, response) => {
      response.json({});
    });
    app.use('/admin', requireAdminKey(keys, allowedHosts));
    app.post('/admin/load', (_, response) => {
      response.json({});
    });
  });
}

const statusOf = async (app: TestApp, path: string, headers: Record<string, string> = {}, method = 'GET') =>
  (await fetch(`${app.url}${path}`, { headers, method })).status;

describe('a ring of keys', () => {
  it('knows its keys and no others, and tells them apart without them', () => {
    const ring = ringOf([API, OTHER]);
    expect(ring.size).toBe(2);
    expect(ring.owner(API)).toMatch(/^[\da-f]{8}$/);
    expect(ring.owner(API)).not.toBe(ring.owner(OTHER));
    for (const wrong of ['', API.slice(1), `${API}x`, API.toUpperCase()]) expect(ring.owner(wrong)).toBeUndefined();
  });

  it('reads a file: a key a line, comments, empty lines', async () => {
    expect(readKeys(await fileOf(`# ours\n${API}  # of the page\n\n${OTHER}\r\n`))).toEqual([API, OTHER]);
  });

  it.each([
    ['', /keys: has no key$/],
    ['# nothing\n', /keys: has no key$/],
    [`${API}\nshort\n`, /keys: line 2: a key is 16 characters or more/],
    ['two words of a key\n', /keys: line 1: a key is/],
  ])('refuses a file of %j, without its content', async (content, message) => {
    const path = await fileOf(content);
    expect(() => readKeys(path)).toThrow(message);
    expect(() => readKeys(path)).not.toThrow(/short|words/);
    expect(() => readKeys(join(folder, 'none'))).toThrow(/keys cannot be read/);
  });

  it('reads a file again when it changes, and keeps its keys when it is broken', async () => {
    const ring = ringOf([], await fileOf(API), 20);
    expect([ring.owner(API), ring.owner(OTHER)]).toEqual([expect.any(String), undefined]);
    await fileOf(`${OTHER}\n`);
    await vi.waitFor(() => expect([ring.owner(API), ring.owner(OTHER)]).toEqual([undefined, expect.any(String)]));
    await fileOf('broken');
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(ring.owner(OTHER)).toEqual(expect.any(String));
    await fileOf(`${API}\n${OTHER}\n`);
    await vi.waitFor(() => expect(ring.size).toBe(2));
  });
});

describe('API keys', () => {
  it('are asked for, but not for whether the server lives', async () => {
    const app = await protectedApp([API, OTHER], [ADMIN]);
    const bearer = { Authorization: `Bearer ${API}` };
    expect(await statusOf(app, '/predict')).toBe(401);
    expect(await statusOf(app, '/predict', { Authorization: `Basic ${API}` })).toBe(401);
    expect(await statusOf(app, '/predict', { Authorization: `Bearer ${API}x` })).toBe(401);
    expect(await statusOf(app, '/nothing')).toBe(401);
    expect(await statusOf(app, '/predict', bearer)).toBe(200);
    expect(await statusOf(app, '/predict', { Authorization: `bearer  ${OTHER}` })).toBe(200);
    expect(await statusOf(app, '/predict', { 'X-API-Key': OTHER })).toBe(200);
    expect(await statusOf(app, '/predict', { 'X-API-Key': ADMIN })).toBe(200);
    for (const path of ['/health', '/health/live', '/health/ready', '/v2/health/live']) {
      expect(await statusOf(app, path), path).toBe(200);
    }
    await app.close();
  });

  it('are refused as RFC 6750 says, in our form', async () => {
    const app = await protectedApp([API], []);
    const without = await fetch(`${app.url}/predict`);
    expect(without.headers.get('WWW-Authenticate')).toBe('Bearer realm="senn"');
    expect(await without.json()).toMatchObject({
      error: { code: 'unauthorized', message: expect.stringMatching(/send "Authorization/) },
    });
    const wrong = await fetch(`${app.url}/predict`, { headers: { 'X-API-Key': 'wrong' } });
    expect(wrong.headers.get('WWW-Authenticate')).toBe('Bearer realm="senn", error="invalid_token"');
    await app.close();
  });

  it('are not asked for where there are none', async () => {
    const app = await protectedApp([], []);
    expect(await statusOf(app, '/predict')).toBe(200);
    await app.close();
  });

  it('never get into the log, which says whose they are', async () => {
    const app = await protectedApp([API], [ADMIN]);
    await statusOf(app, '/predict', { Authorization: `Bearer ${API}` });
    await statusOf(app, '/predict', { Authorization: 'Bearer wrong-0123456789abcdef' });
    await statusOf(app, '/admin/load', { 'X-API-Key': ADMIN }, 'POST');
    await statusOf(app, '/admin/load', { 'X-API-Key': API }, 'POST');
    await vi.waitFor(() => expect(app.lines().filter(({ msg }) => msg === 'request completed')).toHaveLength(4));
    expect(app.log()).not.toMatch(/0123456789abcdef/);
    expect(app.lines().find(({ client }) => client !== undefined)).toMatchObject({
      client: expect.stringMatching(/^[\da-f]{8}$/),
    });
    await app.close();
  });
});

describe('admin keys', () => {
  const post = (app: TestApp, headers: Record<string, string> = {}) => statusOf(app, '/admin/load', headers, 'POST');

  it('are others than API keys', async () => {
    const app = await protectedApp([API], [ADMIN]);
    expect(await post(app)).toBe(401);
    expect(await post(app, { 'X-API-Key': API })).toBe(403);
    expect(await post(app, { 'X-API-Key': `${ADMIN}x` })).toBe(401);
    expect(await post(app, { 'X-API-Key': ADMIN })).toBe(200);
    await app.close();
  });

  it('are asked for where API keys are not', async () => {
    const app = await protectedApp([], [ADMIN]);
    expect(await statusOf(app, '/predict')).toBe(200);
    expect(await post(app)).toBe(401);
    expect(await post(app, { 'X-API-Key': 'wrong-0123456789abcdef' })).toBe(401);
    expect(await post(app, { Authorization: `Bearer ${ADMIN}` })).toBe(200);
    await app.close();
  });

  it('are not needed where there are none, except by pages of other sites', async () => {
    const app = await protectedApp([], []);
    expect(await post(app)).toBe(200);
    expect(await post(app, { Origin: app.url })).toBe(200);
    expect(await post(app, { Origin: 'https://elsewhere.example' })).toBe(403);
    expect(await post(app, { Origin: 'null' })).toBe(403);
    await app.close();
  });

  /** `fetch` lets nobody choose the host. */
  const postTo = (app: TestApp, host: string, origin?: string) =>
    new Promise<number>((resolve, reject) => {
      const headers = { Host: host, ...(origin !== undefined && { Origin: origin }) };
      httpRequest(`${app.url}/admin/load`, { method: 'POST', headers }, (response) => {
        response.resume();
        resolve(response.statusCode ?? 0);
      })
        .on('error', reject)
        .end();
    });

  it('where there are none, the host must be this machine, or one that is allowed', async () => {
    const app = await protectedApp([], [], ['models.example']);
    for (const host of ['localhost', `127.0.0.1:${app.port}`, '[::1]:80', 'a.localhost', 'models.example:9000']) {
      expect(await postTo(app, host), host).toBe(200);
      expect(await postTo(app, host, `http://${host}`), host).toBe(200);
    }
    for (const host of ['evil.example', '127.0.0.1.evil.example', 'localhost.evil.example', 'xmodels.example', ':']) {
      expect(await postTo(app, host), host).toBe(403);
      expect(await postTo(app, host, `http://${host}`), host).toBe(403);
    }
    await app.close();
  });
});
