import { createHash } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Manifest } from '../../../core/manifest.ts';
import { loadModel, type Model } from '../../../web-client/index.ts';
import type { Endpoint } from '../../../web-client/worker/channel.ts';
import { serve } from '../../../web-client/worker/serve.ts';
import { fakeManifest, fakeSessions, type PartName, partNames } from '../../helpers/fake-model.ts';

vi.mock('../../../web-client/onnxruntime.ts', () => ({
  loadRuntime: async () => {},
  sessionOpener: () => async (graph: Uint8Array) => fakeSessions()[new TextDecoder().decode(graph) as PartName],
}));

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
const manifest: Manifest = {
  ...fakeManifest,
  graphs: Object.fromEntries(
    partNames.map((part) => [part, { ...fakeManifest.graphs[part], sha256: sha256(part) }]),
  ) as Manifest['graphs'],
};
const FOLDER = 'https://example.org/models/fake/';

/** Answers with the model, and 404 for all else. */
const fakeFetch = vi.fn(async (url: string | URL | Request, init?: RequestInit): Promise<Response> => {
  init?.signal?.throwIfAborted();
  const file = String(url).replace(FOLDER, '');
  if (file === 'manifest.json') return new Response(JSON.stringify(manifest));
  const part = partNames.find((name) => file === `${name}.onnx`);
  return part === undefined ? new Response('', { status: 404 }) : new Response(part);
});

/** What a browser's worker is to the page, on a thread of its own there and on this one here. */
class FakeWorker extends EventTarget {
  static readonly started: FakeWorker[] = [];
  readonly ports = new MessageChannel();
  isTerminated = false;

  constructor() {
    super();
    FakeWorker.started.push(this);
    const { port1, port2 } = this.ports;
    port1.addEventListener('message', ({ data }) => this.dispatchEvent(new MessageEvent('message', { data })));
    port1.start();
    port2.start();
    serve(port2 as unknown as Endpoint);
  }

  postMessage(message: unknown, transfer: Transferable[]): void {
    this.ports.port1.postMessage(message, transfer as never);
  }

  terminate(): void {
    this.isTerminated = true;
    this.ports.port1.close();
  }

  die(): void {
    this.dispatchEvent(Object.assign(new Event('error'), { message: 'out of memory' }));
  }
}

const input = { shape: [1, 1, 2, 2], data: Float32Array.of(1, 0, 0, 1) };
const open: Model[] = [];
const load = async (options: Parameters<typeof loadModel>[1] = {}): Promise<Model> => {
  const model = await loadModel(FOLDER, { fetch: fakeFetch, ...options });
  open.push(model);
  return model;
};

beforeEach(() => {
  FakeWorker.started.length = 0;
  vi.stubGlobal('Worker', FakeWorker);
});
afterEach(async () => {
  await Promise.all(open.splice(0).map((model) => model.close()));
  vi.unstubAllGlobals();
});

describe('a model in a worker', () => {
  it('answers as on the thread of the page, whatever it is asked', async () => {
    const [there, here] = [await load(), await load({ worker: false })];
    expect([there.thread, here.thread]).toEqual(['worker', 'main']);
    expect(there.manifest).toEqual(here.manifest);
    for (const model of [there, here]) {
      expect(model.executionProvider).toBe('fake');
      await expect(model.predict({ shape: [1, 3], data: new Float32Array(3) })).rejects.toMatchObject({
        name: 'SennError',
        code: 'shape_mismatch',
      });
      await expect(model.classes()).rejects.toMatchObject({ code: 'not_found' });
    }
    const [prediction] = await here.predict(input);
    expect(await there.predict(input)).toEqual([prediction]);
    expect(await there.traverse(input, { steps: 3 })).toEqual(await here.traverse(input, { steps: 3 }));
    expect(await there.counterfactual(input, 'a')).toEqual(await here.counterfactual(input, 'a'));
    expect((await there.counterfactual(input, 'a'))?.decoded.data).toHaveLength(4);
    const asked = { ...prediction, index: prediction?.index ?? 0 } as NonNullable<typeof prediction>;
    const image = { shape: [1, 2, 2], data: input.data };
    expect(await there.turningPoint(asked, image)).toEqual(await here.turningPoint(asked, image));
    const concepts = { shape: [2, 2], data: Float32Array.of(1, 2, 3, 4) };
    expect(await there.decode(concepts)).toEqual(await here.decode(concepts));
    const set = [[{ concept: 0, value: 2 }]];
    const forward = await here.forward(input);
    expect(await there.intervene(forward, set)).toEqual(await here.intervene(forward, set));
    expect(await there.predict(input, { concepts: [{ top: 2 }] })).toEqual(
      await here.predict(input, { concepts: [{ top: 2 }] }),
    );
  });

  it('takes pixels, and leaves the caller its tensor', async () => {
    const model = await load();
    const pixels = { width: 2, height: 2, data: [1, 0, 0, 1].flatMap((v) => [255 * v, 255 * v, 255 * v, 255]) };
    expect(await model.predict(pixels)).toEqual(await model.predict(input));
    expect(input.data).toHaveLength(4);
    await expect(model.predict({ age: 3 })).rejects.toMatchObject({ code: 'unsupported_input' });
    await expect(model.predict('picture.png' as never)).rejects.toMatchObject({ code: 'unsupported_input' });
    const file = new File(['no image'], 'notes.txt');
    await expect(model.predict(file)).rejects.toMatchObject({ code: 'unavailable' }); // Node decodes no images
  });

  it('shares the worker with the others, which ends with the last of them', async () => {
    const [first, second] = await Promise.all([load(), load()]);
    expect(FakeWorker.started).toHaveLength(1);
    await first.close();
    await expect(first.predict(input)).rejects.toMatchObject({
      code: 'unavailable',
      message: 'model "fake" is closed',
    });
    expect(await second.predict(input)).toHaveLength(1);
    await second[Symbol.asyncDispose]();
    expect(FakeWorker.started.map(({ isTerminated }) => isTerminated)).toEqual([true]);
    {
      using third = await load();
      expect(await third.predict(input)).toHaveLength(1);
    }
    expect(FakeWorker.started).toHaveLength(2);
    await vi.waitFor(() => expect(FakeWorker.started[1]?.isTerminated).toBe(true));
  });

  it('that died says so to whoever waits and to whoever comes, and the next load starts another', async () => {
    const model = await load();
    const waiting = model.predict(input);
    FakeWorker.started[0]?.die();
    const died = { code: 'unavailable', message: expect.stringContaining('died (out of memory)') };
    await expect(waiting).rejects.toMatchObject(died);
    await expect(model.decode({ shape: [1, 2], data: new Float32Array(2) })).rejects.toMatchObject(died);
    await model.close();
    const next = await load();
    expect(next.thread).toBe('worker');
    expect(await next.predict(input)).toHaveLength(1);
    expect(FakeWorker.started).toHaveLength(2);
  });

  it.each([
    [
      'throws',
      class {
        constructor() {
          throw new DOMException('no', 'SecurityError');
        }
      },
    ],
    [
      'fails to start',
      class extends EventTarget {
        constructor() {
          super();
          setTimeout(() => this.dispatchEvent(new Event('error')), 1);
        }
        postMessage() {}
        terminate() {}
      },
    ],
  ])('is on the thread of the page where the worker %s', async (_, worker) => {
    vi.stubGlobal('Worker', worker);
    const model = await load();
    expect(model.thread).toBe('main');
    expect(await model.predict(input)).toHaveLength(1);
  });

  it('tells how the loading goes, stops at once with the reason of the signal, and says what went wrong', async () => {
    const seen: number[] = [];
    await load({ onProgress: ({ loaded }) => seen.push(loaded) });
    expect(seen.length).toBeGreaterThan(3);
    expect(seen).toEqual([...seen].sort((a, b) => a - b));

    const reason = new Error('enough');
    await expect(load({ signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    const controller = new AbortController();
    const hanging = vi.fn(() => {
      controller.abort(reason);
      return new Promise<never>(() => {});
    });
    await expect(load({ signal: controller.signal, fetch: hanging })).rejects.toBe(reason);

    await expect(loadModel('https://example.org/elsewhere/', { fetch: fakeFetch })).rejects.toMatchObject({
      code: 'not_found',
    });
    const swapped = async (url: string | URL | Request) =>
      String(url).endsWith('decoder.onnx') ? new Response('another') : fakeFetch(url);
    await expect(load({ fetch: swapped })).rejects.toMatchObject({
      code: 'invalid_model',
      message: expect.stringContaining('sha256'),
    });
  });
});
