import { createServer, get } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Engine, type ServedModel, startEngine } from '../../serve/engine.ts';
import { gracefulClose } from '../../serve/graceful-close.ts';
import { readModelFolder } from '../../serve/model-folder.ts';
import { modelPath } from './fixtures.ts';

describe('the engine', () => {
  let engine: Engine;
  let model: ServedModel;
  const bare = { explain: [], steps: 1, contrast: undefined, sheet: false };
  const batch = (size: number) => ({
    kind: 'tensor' as const,
    tensor: { shape: [size, 1, 28, 28], data: new Float32Array(size * 784) },
  });

  beforeAll(async () => {
    engine = await startEngine([await readModelFolder(modelPath)], { threads: 1 });
    model = engine.models.get('mnist-disenn') as ServedModel;
  });

  afterAll(() => engine.close());

  it('hands the batch over: its memory is not copied', async () => {
    const input = batch(3);
    expect(await model.answer(input, bare)).toHaveLength(3);
    expect(input.tensor.data.buffer.byteLength).toBe(0);
    const pixels = { width: 28, height: 28, channels: 1, data: new Uint8Array(784) } as const;
    const bothWays = { kind: 'pixels', images: [pixels], invert: 'false' } as const;
    const [ofPixels] = await model.answer(bothWays, bare);
    expect(pixels.data.buffer.byteLength).toBe(0);
    expect(ofPixels).toEqual((await model.answer(batch(1), bare))[0]);
  });

  it('keeps the code of an error that a worker raised', async () => {
    const wrong = model.answer({ kind: 'tensor', tensor: { shape: [1, 5], data: new Float32Array(5) } }, bare);
    await expect(wrong).rejects.toMatchObject({ code: 'shape_mismatch', message: expect.stringContaining('[1, 5]') });
  });

  it('gives an error that nobody foresaw as it is, with the stack of the worker', async () => {
    const error = await model.answer(batch(1), { ...bare, explain: null as never }).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(TypeError);
    expect((error as Error).stack).toMatch(/serve\/answer\.ts/);
  });
});

describe('gracefulClose', () => {
  const body = Buffer.alloc(8_000_000, 'x');

  async function serving(delayMs: number) {
    const server = createServer((_request, response) => {
      setTimeout(() => response.end(body), delayMs);
    });
    const close = gracefulClose(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return { close, port: (server.address() as AddressInfo).port };
  }

  /** Bytes of an answer that its reader takes slowly. */
  const receive = (port: number): Promise<number> =>
    new Promise((resolve, reject) => {
      get({ port, host: '127.0.0.1' }, (response) => {
        let bytes = 0;
        response.on('data', (chunk: Buffer) => {
          bytes += chunk.length;
          response.pause();
          setTimeout(() => response.resume(), 1);
        });
        response.on('end', () => resolve(bytes));
        response.on('error', reject);
      }).on('error', reject);
    });

  it.each([
    ['not yet written', 100],
    ['written, not yet sent', 0],
  ])('lets an answer finish that is %s', async (_, delayMs) => {
    const { close, port } = await serving(delayMs);
    const received = receive(port);
    await new Promise((resolve) => setTimeout(resolve, 40));
    await close(10_000);
    expect(await received).toBe(body.length);
  });

  it('cuts off what is not done by the deadline', async () => {
    const { close, port } = await serving(60_000);
    const received = expect(receive(port)).rejects.toThrow(/hang up|ECONNRESET/);
    await new Promise((resolve) => setTimeout(resolve, 40));
    const started = performance.now();
    await close(100);
    expect(performance.now() - started).toBeLessThan(5000);
    await received;
  });
});
