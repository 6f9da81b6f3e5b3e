import { createRequire } from 'node:module';
import * as tf from '@tensorflow/tfjs';
import { SennError } from '../../core/errors.ts';
import { mendGradients } from './gradients.ts';
import { registerWasmKernels } from './wasm-kernels.ts';

/** Fastest first: the order in which `auto` tries them. */
export const backendNames = ['tfjs-node-gpu', 'tfjs-node', 'wasm'] as const;
export type BackendName = (typeof backendNames)[number];
export type BackendChoice = BackendName | 'auto';

/** How to get a backend that is asked for and missing. */
const howToInstall: Record<BackendName, string> = {
  'tfjs-node-gpu':
    'run scripts/setup-training.sh --gpu, or npm rebuild @tensorflow/tfjs-node-gpu --ignore-scripts=false',
  'tfjs-node': 'run scripts/setup-training.sh, or npm rebuild @tensorflow/tfjs-node --ignore-scripts=false',
  wasm: 'npm install @tensorflow/tfjs-backend-wasm',
};

/** Node ≥ 23 dropped two functions that tfjs-node calls (tensorflow/tfjs#8609). */
function polyfillNodeUtil(): void {
  const util = createRequire(import.meta.url)('node:util') as Record<string, unknown>;
  util['isNullOrUndefined'] ??= (value: unknown) => value === null || value === undefined;
  util['isArray'] ??= Array.isArray;
}

/** Module that registers the backend, and the name tfjs gives it. */
const loaders: Record<BackendName, () => Promise<string>> = {
  'tfjs-node-gpu': async () => {
    polyfillNodeUtil();
    await import('@tensorflow/tfjs-node-gpu');
    return 'tensorflow';
  },
  'tfjs-node': async () => {
    polyfillNodeUtil();
    await import('@tensorflow/tfjs-node');
    return 'tensorflow';
  },
  wasm: async () => {
    await import('@tensorflow/tfjs-backend-wasm');
    registerWasmKernels();
    return 'wasm';
  },
};

async function start(name: BackendName): Promise<void> {
  const tfjsName = await loaders[name]();
  if (!(await tf.setBackend(tfjsName))) throw new Error(`tfjs did not start its backend "${tfjsName}"`);
  await tf.ready();
}

/**
 * Starts a backend for training and mends its gradients. `auto` takes the first that starts; a backend that is named
 * and missing is an error. The plain-JS backend is never used.
 * @param onMissing told why each candidate before the one that started did not
 * @throws missing_backend
 */
export async function startBackend(
  choice: BackendChoice,
  onMissing: (reason: string) => void = () => {},
): Promise<BackendName> {
  mendGradients();
  const failures: string[] = [];
  for (const name of choice === 'auto' ? backendNames : [choice]) {
    try {
      await start(name);
      for (const failure of failures) onMissing(failure);
      return name;
    } catch (cause) {
      const [reason] = String((cause as Error).message ?? cause).split('\n');
      failures.push(`${name}: ${reason}; to get it: ${howToInstall[name]}`);
    }
  }
  throw new SennError('missing_backend', `backend "${choice}" did not start\n${failures.join('\n')}`, { choice });
}
