import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { startBackend } from '../../../training/backends/index.ts';
import { currentRuntime } from '../../../training/backends/runtime.ts';
import { availableBackends, useBackend } from './installed.ts';

const hasGpu = process.platform !== 'linux' || ['/dev/nvidiactl', '/dev/nvidia0', '/dev/dxg'].some(existsSync);

describe('startBackend', () => {
  it.skipIf(hasGpu)('refuses the GPU backend where there is no GPU, and says how to get it', async () => {
    await expect(startBackend('tfjs-node-gpu')).rejects.toMatchObject({
      code: 'missing_backend',
      message: expect.stringMatching(
        /tfjs-node-gpu: no NVIDIA GPU here.*on a machine that has one: npm run setup:training/,
      ),
    });
  });

  it('takes the fastest that starts for auto, and says which before it could have', async () => {
    const missing: string[] = [];
    const name = await startBackend('auto', (missed) => missing.push(missed));
    const fastestFirst = ['tfjs-node-gpu', 'tfjs-node', 'wasm'];
    const passedOver = fastestFirst.slice(0, fastestFirst.indexOf(name));
    expect(missing).toEqual(passedOver.filter((one) => hasGpu || one !== 'tfjs-node-gpu'));
    expect(availableBackends.filter((available) => passedOver.includes(available))).toEqual([]);
  });

  it.skipIf(!availableBackends.includes('tfjs-node'))(
    'gives tfjs-node the functions that newer Nodes lack',
    async () => {
      await startBackend('tfjs-node');
      const util = createRequire(import.meta.url)('node:util') as Record<string, (value: unknown) => boolean>;
      expect([[], null, undefined, 0].map((value) => util['isNullOrUndefined']?.(value))).toEqual([
        false,
        true,
        true,
        false,
      ]);
      expect([[], {}].map((value) => util['isArray']?.(value))).toEqual([true, false]);
      const { values, indices } = tf.topk(tf.tensor1d([1, 3, 2]), 2); // one of the kernels that call them
      expect([...values.dataSync(), ...indices.dataSync()]).toEqual([3, 2, 1, 2]);
    },
  );
});

describe('currentRuntime', () => {
  it.each(availableBackends)('names the software that computes on %s', async (name) => {
    await useBackend(name);
    const software = name === 'wasm' ? /^TensorFlow\.js \d+\.\d+\.\d+, wasm$/ : /^TensorFlow \d+\.\d+\.\d+/;
    expect(currentRuntime()).toEqual({
      name: expect.stringMatching(software),
      device: name === 'tfjs-node-gpu' ? 'GPU' : 'CPU',
    });
  });
});
