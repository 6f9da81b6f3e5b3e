import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { SennError } from '../../../core/errors.ts';
import { createPredictor } from '../../../core/predictor.ts';
import { type Provider, sessionOpeners } from '../../../web-client/onnxruntime.ts';
import { fastestOf } from '../../../web-client/runtime/fastest.ts';
import { fakeManifest, fakeSessions } from '../../helpers/fake-model.ts';

describe('fastestOf', () => {
  /** A clock, and models that take a time of it by their first prediction and by each that follows. */
  function timedModels() {
    let clock = 0;
    const closed: string[] = [];
    const model = (name: string, first: number, later: number) => async () => {
      let runs = 0;
      const predictor = createPredictor(fakeManifest, fakeSessions());
      return {
        ...predictor,
        predict: (...args: Parameters<typeof predictor.predict>) => {
          clock += runs++ === 0 ? first : later;
          return predictor.predict(...args);
        },
        close: async () => {
          closed.push(name);
        },
      };
    };
    return { model, closed, now: () => clock };
  }

  it('is what is fast once it runs, however long it takes to begin; the others are closed', async () => {
    const { model, closed, now } = timedModels();
    const models = [model('slow', 1, 20), model('fast', 900, 5), model('middle', 1, 6)];
    expect(await fastestOf(models, now)).toMatchObject({ index: 1, time: 5 });
    expect(closed.sort()).toEqual(['middle', 'slow']);
  });

  it('leaves out what fails, and throws where nothing works', async () => {
    const { model, now } = timedModels();
    const failure = new SennError('invalid_model', 'no such operator');
    const failing = () => Promise.reject(failure);
    expect(await fastestOf([failing, model('only', 1, 2)], now)).toMatchObject({ index: 1 });
    await expect(fastestOf([failing, failing], now)).rejects.toBe(failure);
  });
});

describe('sessionOpeners', () => {
  const graph = readFile('models/mnist-disenn/decoder.onnx');

  it('is WebAssembly without the larger build where there is no GPU', async () => {
    const [only, ...others] = await sessionOpeners(['webgpu', 'wasm'], {});
    expect([only?.provider, others]).toEqual(['wasm', []]);
    const session = await only?.open(await graph);
    expect(session?.executionProvider).toBe('wasm');
    await session?.close();
  });

  it.each<[string, Provider[], string]>([
    ['WebGPU alone where there is none', ['webgpu'], 'unavailable'],
    ['nothing', [], 'invalid_request'],
    ['a name of none', ['cuda' as never], 'invalid_request'],
  ])('refuses %s', async (_, providers, code) => {
    await expect(sessionOpeners(providers, {})).rejects.toMatchObject({ code });
  });
});
