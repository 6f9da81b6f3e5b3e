import * as tf from '@tensorflow/tfjs';
import { type BackendName, startBackend } from '../../../training/backends/index.ts';

/** The backends of TensorFlow.js that start here: what the tests of training run on. */

const started: BackendName[] = [];
for (const name of ['wasm', 'tfjs-node'] as const) {
  try {
    await startBackend(name);
    started.push(name);
  } catch (error) {
    process.stderr.write(`skipped: tests on ${name}: ${(error as Error).message.split('\n')[1]}\n`);
  }
}
await tf.setBackend('cpu'); // whoever loads this first finds what the others find

const tfjsNames: Record<BackendName, string> = {
  wasm: 'wasm',
  'tfjs-node': 'tensorflow',
  'tfjs-node-gpu': 'tensorflow',
};

/** Backends that start on this machine; WASM always does. */
export const availableBackends: readonly BackendName[] = started;

/** Makes a started backend the one that runs. */
export async function useBackend(name: BackendName): Promise<void> {
  await tf.setBackend(tfjsNames[name]);
}
