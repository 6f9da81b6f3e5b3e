import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliCompressSync, brotliDecompressSync, gunzipSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Manifest } from '../../../core/manifest.ts';
import { codingFor } from '../../../serve/http/codings.ts';
import { listening, modelPath, openModels, type TestModels, type TestServer } from '../fixtures.ts';

const script = 'export const answer = 42;\n'.repeat(100);
const decoders = { br: brotliDecompressSync, gzip: gunzipSync, none: (bytes: Buffer) => bytes };

let models: TestModels;
let server: TestServer;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'senn-codings-'));
  await mkdir(join(folder, 'assets'));
  await writeFile(join(folder, 'index.html'), '<!doctype html>');
  await writeFile(join(folder, 'assets', 'small.js'), '1;');
  await writeFile(join(folder, 'assets', 'index-abc.js'), script);
  await writeFile(join(folder, 'assets', 'index-abc.js.br'), brotliCompressSync(script));
  await writeFile(join(folder, 'assets', 'index-abc.js.gz'), gzipSync(script));
  await writeFile(join(folder, 'index.html.gz'), gzipSync('<!doctype html>'));
  models = await openModels([modelPath]);
  const page = { kind: 'built', directory: folder } as const;
  server = await listening({ models, page, config: { cors: { origins: ['https://example.org'] } } });
});
afterAll(async () => {
  await server?.close();
  await models?.close();
  await rm(folder, { recursive: true });
});

interface Answer {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
}

/** A request as it is sent and answered: `fetch` would decode the body. */
const get = (path: string, headers: Record<string, string> = {}, method = 'GET'): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const sent = httpRequest(`${server.url}${path}`, { headers, method }, async (response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of response) chunks.push(chunk);
      resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks) });
    });
    sent.on('error', reject).end();
  });

describe('codingFor', () => {
  it.each([
    [undefined, undefined],
    ['', undefined],
    ['gzip, deflate, br, zstd', 'br'], // as Chromium asks: all are liked equally, so the best of ours
    ['gzip, deflate', 'gzip'],
    ['BR', 'br'],
    ['br;q=0.5, gzip', 'gzip'],
    ['br;q=0, gzip;q=0.1', 'gzip'],
    ['br;q=0, gzip;q=0', undefined],
    ['identity, br;q=0.9', undefined],
    ['identity;q=0.5, gzip;q=0.9', 'gzip'],
    ['*', 'br'],
    ['*;q=0', undefined],
    ['gzip;q=0, *', 'br'],
    ['deflate', undefined],
    ['identity;q=0', undefined], // nothing that is offered is taken: better a plain body than none
    [`gzip, ${'x'.repeat(1000)}`, undefined],
  ])('%s: %s', (header, coding) => {
    expect(codingFor(header)).toBe(coding);
  });

  it('offers what there is', () => {
    expect(codingFor('gzip, br', ['gzip'])).toBe('gzip');
    expect(codingFor('br', ['gzip'])).toBeUndefined();
  });
});

describe('the files of the page', () => {
  it.each(['br', 'gzip', 'none'] as const)('in the coding that is asked for: %s', async (coding) => {
    const accept = coding === 'none' ? 'identity' : `${coding}, identity;q=0.1`;
    const { status, headers, body } = await get('/assets/index-abc.js?v=1', { 'accept-encoding': accept });
    expect(status).toBe(200);
    expect(String(decoders[coding](body))).toBe(script);
    expect(headers['content-encoding']).toBe(coding === 'none' ? undefined : coding);
    expect(headers['x-decoded-content-length']).toBe(coding === 'none' ? undefined : String(script.length));
    expect(headers['content-type']).toBe('text/javascript; charset=utf-8');
    expect(headers['content-length']).toBe(String(body.length));
    expect(headers.vary?.toLowerCase()).toContain('accept-encoding');
    expect(headers['cache-control']).toContain('immutable');
    expect(headers['cross-origin-embedder-policy']).toBe('require-corp');
  });

  it('with an ETag for each coding, by which none is taken for another', async () => {
    const path = '/assets/index-abc.js';
    const asked = ['br', 'gzip', 'identity'];
    const tags = await Promise.all(
      asked.map(async (coding) => (await get(path, { 'accept-encoding': coding })).headers.etag),
    );
    expect(new Set(tags).size).toBe(3);
    const [br = ''] = tags;
    const again = await get(path, { 'accept-encoding': 'br', 'if-none-match': br });
    expect([again.status, again.body.length]).toEqual([304, 0]);
    expect(again.headers.vary?.toLowerCase()).toContain('accept-encoding');
    expect((await get(path, { 'accept-encoding': 'gzip', 'if-none-match': br })).status).toBe(200);
  });

  it('what lies beside a file is used, and nothing is made up', async () => {
    const plain = await get('/assets/small.js', { 'accept-encoding': 'br, gzip' });
    expect([String(plain.body), plain.headers['content-encoding']]).toEqual(['1;', undefined]);
    const index = await get('/', { accept: 'text/html', 'accept-encoding': 'br, gzip' });
    expect([index.headers['content-encoding'], index.headers['content-type']]).toEqual([
      'gzip',
      'text/html; charset=utf-8',
    ]);
    expect(String(gunzipSync(index.body))).toBe('<!doctype html>');
  });

  it('an error about a compressed file is plain', async () => {
    const headers = { 'accept-encoding': 'br', 'if-match': '"another"' };
    const { status, headers: sent, body } = await get('/assets/index-abc.js', headers);
    expect(status).toBe(412);
    expect([sent['content-encoding'], sent['x-decoded-content-length']]).toEqual([undefined, undefined]);
    expect(JSON.parse(String(body))).toMatchObject({ error: { code: 'precondition_failed' } });
  });
});

describe('the files of a model', () => {
  const base = '/models/mnist-disenn';
  let manifest: Manifest;
  beforeAll(async () => {
    manifest = JSON.parse(String((await get(`${base}/manifest.json`)).body));
  });

  it('in each coding the same bytes, with an ETag of its own, to any page that may read them', async () => {
    const { file, sha256 } = manifest.graphs.parameterizer as NonNullable<Manifest['graphs']['parameterizer']>;
    const plain = await get(`${base}/${file}`);
    expect([plain.headers.etag, plain.headers.vary]).toEqual([
      `"${sha256}"`,
      expect.stringContaining('Accept-Encoding'),
    ]);
    for (const coding of ['br', 'gzip'] as const) {
      const origin = { origin: 'https://example.org' };
      const { headers, body } = await get(`${base}/${file}`, { 'accept-encoding': coding, ...origin });
      expect(createHash('sha256').update(decoders[coding](body)).digest('hex')).toBe(sha256);
      expect(body.length).toBeLessThan(0.95 * plain.body.length);
      expect(headers).toMatchObject({
        etag: `"${sha256}-${coding}"`,
        'content-encoding': coding,
        'x-decoded-content-length': String(plain.body.length),
        'content-type': 'application/octet-stream',
        'cache-control': 'no-cache',
        'access-control-expose-headers': expect.stringContaining('X-Decoded-Content-Length'),
      });
      expect(headers.vary).toContain('Origin');
      const again = await get(`${base}/${file}`, {
        'accept-encoding': coding,
        'if-none-match': `"${sha256}-${coding}"`,
      });
      expect(again.status).toBe(304);
    }
  });

  it('a picture, which is compressed already, as it is', async () => {
    const { headers } = await get(`${base}/prototypes.png`, { 'accept-encoding': 'br' });
    expect([headers['content-encoding'], headers['content-type']]).toEqual([undefined, 'image/png']);
  });
});

describe('texts that are made here', () => {
  it.each([
    ['/openapi.json', '*/*'],
    ['/docs', 'text/html'],
    ['/models', '*/*'],
    ['/models/mnist-disenn/manifest.json', '*/*'],
    ['/models/mnist-disenn/classes/7', 'application/json'],
    ['/models/mnist-disenn/classes/7', 'image/svg+xml'],
    ['/models/mnist-disenn/classes/7', 'text/html'],
  ])('%s as %s: for GET and HEAD, in each coding, each with its ETag', async (path, accept) => {
    const plain = await get(path, { accept });
    const etag = `"${createHash('sha256').update(plain.body).digest('hex')}"`;
    expect(plain.headers).toMatchObject({ etag, 'cache-control': 'no-cache' });
    expect(plain.headers['content-encoding']).toBeUndefined();
    expect(plain.headers.vary).toContain('Accept-Encoding');
    for (const coding of ['br', 'gzip'] as const) {
      const asked = { accept, 'accept-encoding': coding };
      const { headers, body } = await get(path, asked);
      expect(decoders[coding](body).equals(plain.body)).toBe(true);
      expect(body.length).toBeLessThan(0.7 * plain.body.length);
      const told = {
        vary: expect.stringContaining('Accept-Encoding'),
        etag: `${etag.slice(0, -1)}-${coding}"`,
      };
      const sent = {
        ...told,
        'content-encoding': coding,
        'content-length': String(body.length),
        'content-type': plain.headers['content-type'],
        'x-decoded-content-length': String(plain.body.length),
      };
      expect(headers).toMatchObject(sent);
      const head = await get(path, asked, 'HEAD');
      expect([head.status, head.body.length]).toEqual([200, 0]);
      expect(head.headers).toMatchObject(sent);
      for (const method of ['GET', 'HEAD']) {
        const again = await get(path, { ...asked, 'if-none-match': told.etag }, method);
        expect([again.status, again.body.length]).toEqual([304, 0]);
        expect(again.headers).toMatchObject(told);
        expect((await get(path, { ...asked, 'if-none-match': etag }, method)).status).toBe(200);
      }
    }
  });

  it('what is made for one request goes as it is', async () => {
    const { headers } = await get('/metrics', { 'accept-encoding': 'br, gzip' });
    expect([headers['content-encoding'], headers.etag]).toEqual([undefined, undefined]);
  });
});
