import { createHash } from 'node:crypto';
import { describe, expect, it, vi } from 'vitest';
import type { Manifest } from '../../core/manifest.ts';
import type { OpenSession } from '../../core/session.ts';
import { download } from '../../web-client/download.ts';
import { fetchGolden, loadPredictor } from '../../web-client/load-model.ts';
import type { LoadProgress } from '../../web-client/progress.ts';
import { fakeManifest, fakeSessions, type PartName, partNames } from '../helpers/fake-model.ts';

const FOLDER = 'https://example.org/models/fake';

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
const golden = JSON.stringify({ tensors: { input: { shape: [1, 1, 2, 2], data: [0, 0.25, 0.5, 1] } } });
const manifest: Manifest = {
  ...fakeManifest,
  graphs: {
    conceptizer: {
      ...(fakeManifest.graphs.conceptizer as NonNullable<Manifest['graphs']['conceptizer']>),
      sha256: sha256('conceptizer'),
    },
    parameterizer: {
      ...(fakeManifest.graphs.parameterizer as NonNullable<Manifest['graphs']['parameterizer']>),
      sha256: sha256('parameterizer'),
    },
    decoder: {
      ...(fakeManifest.graphs.decoder as NonNullable<Manifest['graphs']['decoder']>),
      sha256: sha256('decoder'),
    },
  },
  golden: { file: 'golden.json', sha256: sha256(golden) },
};
const files: Readonly<Record<string, string>> = {
  'manifest.json': JSON.stringify(manifest),
  'conceptizer.onnx': 'conceptizer',
  'parameterizer.onnx': 'parameterizer',
  'decoder.onnx': 'decoder',
  'golden.json': golden,
};

/** Answers from `files`, and 404 for all else. */
function fakeFetch(changed: Readonly<Record<string, string>> = {}) {
  const served: Readonly<Record<string, string>> = { ...files, ...changed };
  return vi.fn(async (url: string | URL | Request, init?: RequestInit): Promise<Response> => {
    init?.signal?.throwIfAborted();
    const body = served[new URL(String(url)).pathname.replace('/models/fake/', '')];
    return body === undefined ? new Response('', { status: 404, statusText: 'Not Found' }) : new Response(body);
  });
}

function fakeOpen() {
  const sessions = fakeSessions();
  const open = vi.fn<OpenSession>(async (graph) => sessions[new TextDecoder().decode(graph) as PartName]);
  return { sessions, open };
}

describe('loadPredictor', () => {
  it('fetches the folder once, opens the three graphs and predicts', async () => {
    const { open } = fakeOpen();
    const fetch = fakeFetch();
    const predictor = await loadPredictor(`${FOLDER}?v=2`, open, { fetch });
    const urls = fetch.mock.calls.map(([url]) => String(url));
    const expected = ['manifest.json', ...partNames.map((graph) => `${graph}.onnx`)];
    expect(urls).toEqual(expected.map((file) => `${FOLDER}/${file}?v=2`));
    expect(open).toHaveBeenCalledTimes(3);
    const [prediction] = await predictor.predict({ shape: [1, 1, 2, 2], data: Float32Array.of(1, 0, 0, 1) });
    expect(prediction?.logits).toHaveLength(3);
  });

  it('tells its progress in bytes, of a total that does not change once it is known', async () => {
    const seen: LoadProgress[] = [];
    const onProgress = (progress: LoadProgress) => seen.push(progress);
    const measured = async (...call: Parameters<typeof globalThis.fetch>): Promise<Response> => {
      const text = await (await fakeFetch()(...call)).text();
      // as a server sends what it has compressed
      return new Response(text, {
        headers: { 'Content-Encoding': 'br', 'Content-Length': '1', 'X-Decoded-Content-Length': String(text.length) },
      });
    };
    await loadPredictor(FOLDER, fakeOpen().open, { fetch: measured, onProgress });
    const { 'golden.json': _, ...loaded } = files;
    const total = Object.values(loaded).join('').length;
    expect(seen.at(-1)).toEqual({ loaded: total, total });
    expect(seen.map((progress) => progress.loaded)).toEqual(
      seen.map((progress) => progress.loaded).sort((a, b) => a - b),
    );
    const known = seen.findIndex((progress) => progress.total !== undefined);
    expect(seen.slice(known).every((progress) => progress.total === total)).toBe(true);
    expect(seen[known]?.loaded).toBeLessThan(total);
  });

  it.each([
    ['is compressed, and nobody says how long it is', { 'Content-Encoding': 'gzip', 'Content-Length': '1' }, undefined],
    ['is not compressed', { 'Content-Length': '9' }, 9],
  ])('has no total that is wrong: a body that %s', async (_, headers, total) => {
    const seen: LoadProgress[] = [];
    const fetch = async () => new Response('123456789', { headers });
    await download(new URL(FOLDER), { fetch, onProgress: (progress) => seen.push(progress) });
    expect(seen[0]).toEqual({ loaded: 0, total });
    expect(seen.at(-1)).toEqual({ loaded: 9, total: 9 });
  });

  it.each([
    ['a missing folder', 'https://example.org/elsewhere/', {}, 'not_found', 'manifest.json must answer 200, got 404'],
    ['a page in place of the manifest', FOLDER, { 'manifest.json': '<html>' }, 'invalid_model', 'must be JSON'],
    ['a wrong manifest', FOLDER, { 'manifest.json': '{}' }, 'invalid_model', 'schemaVersion'],
    ['a wrong graph', FOLDER, { 'decoder.onnx': 'x' }, 'invalid_model', `sha256 must be ${sha256('decoder')}`],
  ])('refuses %s', async (_, url, changed, code, message) => {
    const { open, sessions } = fakeOpen();
    const loading = loadPredictor(url, open, { fetch: fakeFetch(changed) });
    await expect(loading).rejects.toMatchObject({ code, message: expect.stringContaining(message) });
    expect(partNames.filter((graph) => sessions[graph].closed())).toHaveLength(open.mock.calls.length);
    expect(open.mock.calls.map(([graph]) => new TextDecoder().decode(graph))).not.toContain('x');
  });

  it('says which address could not be reached', async () => {
    const fetch = vi.fn().mockRejectedValue(new TypeError('Failed to fetch'));
    await expect(loadPredictor(FOLDER, fakeOpen().open, { fetch })).rejects.toMatchObject({
      code: 'unavailable',
      message: `GET ${FOLDER}/manifest.json failed: Failed to fetch`,
    });
  });

  it('checks digests where it can, and only there', async () => {
    const fetch = fakeFetch({ 'decoder.onnx': 'x' });
    const open: OpenSession = async () => fakeSessions().decoder;
    await expect(loadPredictor(FOLDER, open, { fetch, digests: 'never' })).resolves.toBeDefined();
    vi.stubGlobal('crypto', {});
    try {
      await expect(loadPredictor(FOLDER, open, { fetch })).resolves.toBeDefined();
      await expect(loadPredictor(FOLDER, open, { fetch, digests: 'always' })).rejects.toMatchObject({
        code: 'unavailable',
        message: expect.stringContaining('secure context'),
      });
    } finally {
      vi.unstubAllGlobals();
    }
  });

  it('stops with the reason of the signal, before and after the graphs came', async () => {
    const reason = new Error('enough');
    const early = loadPredictor(FOLDER, fakeOpen().open, { fetch: fakeFetch(), signal: AbortSignal.abort(reason) });
    await expect(early).rejects.toBe(reason);

    const controller = new AbortController();
    const { sessions, open } = fakeOpen();
    const late: OpenSession = async (graph) => {
      controller.abort(reason);
      return open(graph);
    };
    await expect(loadPredictor(FOLDER, late, { fetch: fakeFetch(), signal: controller.signal })).rejects.toBe(reason);
    expect(open).toHaveBeenCalled();
    expect(partNames.filter((graph) => sessions[graph].closed())).toHaveLength(open.mock.calls.length);
  });

  it('closes what it opened when one graph cannot be opened', async () => {
    const { sessions, open } = fakeOpen();
    const failure = new Error('no decoder');
    const failing: OpenSession = async (graph) => {
      if (new TextDecoder().decode(graph) === 'decoder') throw failure;
      return open(graph);
    };
    await expect(loadPredictor(FOLDER, failing, { fetch: fakeFetch() })).rejects.toBe(failure);
    expect([sessions.conceptizer.closed(), sessions.parameterizer.closed()]).toEqual([true, true]);
  });
});

describe('loadGolden', () => {
  it('gives the golden tensors, and checks their digest', async () => {
    const { tensors } = await fetchGolden(FOLDER, manifest, { fetch: fakeFetch() });
    expect(tensors['input']?.data).toEqual([0, 0.25, 0.5, 1]);
    const other = fetchGolden(FOLDER, manifest, { fetch: fakeFetch({ 'golden.json': `${golden} ` }) });
    await expect(other).rejects.toMatchObject({ code: 'invalid_model' });
  });
});
