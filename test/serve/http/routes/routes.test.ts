import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { SennError } from '../../../../core/errors.ts';
import type { Manifest } from '../../../../core/manifest.ts';
import { defaultLimits } from '../../../../serve/config/limits.ts';
import type { AppOptions } from '../../../../serve/http/app.ts';
import type { ServedModel } from '../../../../serve/inference/served-model.ts';
import { createMetrics } from '../../../../serve/observe/metrics.ts';
import { fakeManifest } from '../../../helpers/fake-model.ts';
import { listening, modelPath, modelsOf, openModels, type TestModels, type TestServer } from '../../fixtures.ts';

const json = (instances: unknown[]): RequestInit => ({
  method: 'POST',
  body: JSON.stringify({ instances }),
  headers: { 'Content-Type': 'application/json' },
});

describe('with a real model', () => {
  let models: TestModels;
  let server: TestServer;
  let pageDirectory: string;

  beforeAll(async () => {
    pageDirectory = await mkdtemp(join(tmpdir(), 'senn-page-'));
    await mkdir(join(pageDirectory, 'assets'));
    await writeFile(join(pageDirectory, 'index.html'), '<!doctype html>');
    await writeFile(join(pageDirectory, 'assets', 'index-abc.js'), '');
    models = await openModels([modelPath]);
    server = await listening({ models, version: '1.2.3', page: { kind: 'built', directory: pageDirectory } });
  });

  afterAll(async () => {
    await server.close();
    await models.close();
    await rm(pageDirectory, { recursive: true });
  });

  it('GET /health', async () => {
    expect(await (await fetch(`${server.url}/health`)).json()).toEqual({
      status: 'ok',
      version: '1.2.3',
      executionProvider: 'cpu',
      refusedProviders: {},
      models: models.all().map(({ manifest }) => manifest.name),
      uptimeSeconds: expect.any(Number),
    });
  });

  it('GET /models', async () => {
    const answer = (await (await fetch(`${server.url}/models`)).json()) as { models: Record<string, unknown>[] };
    const manifests = models.all().map(({ manifest }) => manifest);
    expect(answer.models.map(({ name }) => name)).toEqual(manifests.map(({ name }) => name));
    const { kind, input, classes, concepts, metrics } = manifests[0] as Manifest;
    expect(answer.models[0]).toMatchObject({ kind, input, classes, concepts, metrics, training: { data: {} } });
  });

  it('GET /models/:name/:file gives the files that the manifest lists, and no others', async () => {
    const base = `${server.url}/models/mnist-disenn`;
    const manifest = (await (await fetch(`${base}/manifest.json`)).json()) as Manifest;
    for (const { file, sha256 } of [...Object.values(manifest.graphs), manifest.golden]) {
      const response = await fetch(`${base}/${file}`, { headers: { 'Accept-Encoding': 'identity' } });
      const bytes = new Uint8Array(await response.arrayBuffer());
      expect(createHash('sha256').update(bytes).digest('hex')).toBe(sha256);
      expect(response.headers.get('ETag')).toBe(`"${sha256}"`);
    }
    for (const path of ['README.md', '..%2f..%2fpackage.json', '%2e%2e%2fmanifest.json']) {
      const response = await fetch(`${base}/${path}`);
      expect(response.status).toBe(404);
      expect(await response.json()).toMatchObject({ error: { code: 'not_found' } });
    }
    expect(await (await fetch(`${server.url}/models/nobody/manifest.json`)).json()).toMatchObject({
      error: { code: 'unknown_model' },
    });
  });

  it('the page is isolated, and its hashed files never change', async () => {
    const page = await fetch(`${server.url}/`, { headers: { Accept: 'text/html,*/*;q=0.8' } });
    expect(page.status).toBe(200);
    expect(Object.fromEntries(page.headers)).toMatchObject({
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-embedder-policy': 'require-corp',
      'content-security-policy': expect.stringContaining("'wasm-unsafe-eval'"),
      'x-content-type-options': 'nosniff',
      'cache-control': 'no-cache',
    });
    expect(page.headers.has('x-powered-by')).toBe(false);
    const asset = await fetch(`${server.url}/assets/index-abc.js`);
    expect(asset.headers.get('cache-control')).toContain('immutable');
  });

  it('the page and what it loads are counted under routes of their own', async () => {
    const metrics = createMetrics();
    const counting = await listening({ models, metrics, page: { kind: 'built', directory: pageDirectory } });
    const html = { headers: { Accept: 'text/html' } };
    for (const path of ['/', '/index.html', '/assets/index-abc.js', '/assets/nothing.js']) {
      await (await fetch(`${counting.url}${path}`, html)).text();
    }
    await (await fetch(counting.url)).text();
    await vi.waitFor(async () => {
      const counted = [...(await metrics.text()).matchAll(/^senn_http_requests_total\{(.*)\} (\d+)$/gm)];
      expect(counted.map(([, labels, count]) => `${labels} ${count}`).sort()).toEqual([
        'route="/",method="GET",status="200" 2',
        'route="/:asset",method="GET",status="200" 2',
        'route="unmatched",method="GET",status="404" 1',
      ]);
    });
    await counting.close();
  });

  it('a request id is given back, or made', async () => {
    const idFor = async (id?: string) => {
      const response = await fetch(`${server.url}/health`, id === undefined ? {} : { headers: { 'X-Request-Id': id } });
      return response.headers.get('X-Request-Id');
    };
    expect(await idFor('abc-1')).toBe('abc-1');
    expect(await idFor()).toMatch(/^[0-9a-f-]{36}$/);
    expect(await idFor('no spaces, please')).toMatch(/^[0-9a-f-]{36}$/);
  });
});

describe('with a model made up', () => {
  const nothing = { value: new Uint8Array(), timings: { queue: 0, decode: 0, compute: 0, encode: 0 } };
  const tabular: Manifest = {
    ...fakeManifest,
    input: {
      kind: 'tabular',
      features: [
        { name: 'age', range: [0, 100] },
        { name: 'priors', range: [0, 40] },
      ],
    },
  };

  async function withModel(
    manifest: Manifest,
    answer: ServedModel['answer'],
    use: (url: string) => Promise<void>,
    options: Partial<AppOptions> = {},
  ): Promise<void> {
    const figure: ServedModel['figure'] = () => Promise.reject(new Error('no figure here'));
    const tensors: ServedModel['tensors'] = () => Promise.reject(new Error('no tensors here'));
    const attributions: ServedModel['attributions'] = () => Promise.reject(new Error('no attributions here'));
    const others = { figure, tensors, attributions };
    const model: ServedModel = { manifest, files: new Map(), executionProvider: 'fake', answer, ...others };
    const server = await listening({ models: modelsOf([model]), ...options });
    try {
      await use(server.url);
    } finally {
      await server.close();
    }
  }

  it('one request more than may be in work is refused before it is read, and taken again later', async () => {
    const waiting: (() => void)[] = [];
    const answer: ServedModel['answer'] = () => new Promise((resolve) => waiting.push(() => resolve(nothing)));
    const limits = { ...defaultLimits, bytesInWork: 150_000 }; // each takes 64 KiB besides its body
    await withModel(
      tabular,
      answer,
      async (url) => {
        const ask = () => fetch(`${url}/predict`, json([{ features: { age: 1, priors: 2 } }]));
        const first = [ask(), ask()];
        await vi.waitFor(() => expect(waiting).toHaveLength(2));
        const unread = await fetch(`${url}/predict`, { method: 'POST', body: 'not even JSON' });
        expect([unread.status, unread.headers.get('Retry-After')]).toEqual([503, '1']);
        expect(await unread.json()).toMatchObject({ error: { code: 'unavailable', details: { requests: 2 } } });
        for (const go of waiting) go();
        expect((await Promise.all(first)).map(({ status }) => status)).toEqual([200, 200]);
        const later = ask();
        await vi.waitFor(() => expect(waiting).toHaveLength(3));
        waiting[2]?.();
        expect((await later).status).toBe(200);
      },
      { config: { limits } },
    );
  });

  it('what goes wrong inside stays inside', async () => {
    const fail =
      (error: Error): ServedModel['answer'] =>
      () =>
        Promise.reject(error);
    await withModel(tabular, fail(new Error('the password is 1234')), async (url) => {
      const response = await fetch(`${url}/predict`, json([{ features: { age: 1, priors: 2 } }]));
      expect(response.status).toBe(500);
      const text = await response.text();
      expect(JSON.parse(text)).toMatchObject({ error: { code: 'internal', details: {} } });
      expect(text).not.toContain('1234');
    });
    await withModel(tabular, fail(new SennError('unavailable', 'full')), async (url) => {
      const response = await fetch(`${url}/predict`, json([{ features: { age: 1, priors: 2 } }]));
      expect(response.status).toBe(503);
      expect(response.headers.get('Retry-After')).toBe('1');
    });
  });

  it('without a page, / says why', async () => {
    await withModel(
      tabular,
      async () => nothing,
      async (url) => {
        const response = await fetch(url, { headers: { Accept: 'text/html' } });
        expect([response.status, await response.text()]).toEqual([503, 'No page here.\n']);
      },
    );
  });
});
