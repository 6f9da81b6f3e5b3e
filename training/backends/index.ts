import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import * as tf from '@tensorflow/tfjs';
import { SennError } from '../../core/errors.ts';
import { registerMaxPoolGradient } from './max-pool-gradient.ts';
import { currentRuntime } from './runtime.ts';
import { registerTensorflowKernels } from './tensorflow-kernels.ts';
import { registerWasmKernels } from './wasm-kernels.ts';

/** Fastest first: the order in which `auto` tries them. */
export const backendNames = ['tfjs-node-gpu', 'tfjs-node', 'wasm'] as const;
export type BackendName = (typeof backendNames)[number];
export type BackendChoice = BackendName | 'auto';

/** How to get a backend that is asked for and missing: in a checkout, or where this is an installed package. */
const howToInstall: Record<BackendName, string> = {
  'tfjs-node-gpu': 'npm run setup:training -- --gpu, or npm install @tensorflow/tfjs-node-gpu',
  'tfjs-node': 'npm run setup:training -- --cpu, or npm install @tensorflow/tfjs-node',
  wasm: 'npm install @tensorflow/tfjs-backend-wasm',
};

/**
 * Loads TensorFlow, which registers its backend. Its packages are optional peers: by `require`, types and builds do
 * without them. Node ≥ 23 dropped two functions that they call (tensorflow/tfjs#8609).
 */
function loadTensorflow(name: 'tfjs-node' | 'tfjs-node-gpu'): void {
  process.env['TF_CPP_MIN_LOG_LEVEL'] ??= '1'; // warnings and errors
  const require = createRequire(import.meta.url);
  const util = require('node:util') as Record<string, unknown>;
  util['isNullOrUndefined'] ??= (value: unknown) => value === null || value === undefined;
  util['isArray'] ??= Array.isArray;
  require(`@tensorflow/${name}`);
}

/** Where the NVIDIA driver shows itself: on Linux, and on Linux in Windows. */
const NVIDIA_DEVICES = ['/dev/nvidiactl', '/dev/nvidia0', '/dev/dxg'];

/** Why a backend cannot run on this machine, whatever is installed. */
function obstacle(name: BackendName): string | undefined {
  if (name !== 'tfjs-node-gpu' || process.platform !== 'linux' || NVIDIA_DEVICES.some(existsSync)) return undefined;
  return `no NVIDIA GPU here, none of ${NVIDIA_DEVICES.join(', ')}`;
}

/** tfjs-node-gpu without a GPU would be a second tfjs-node under a name that promises more. */
function requireGpu(): void {
  if (currentRuntime().device === 'GPU') return;
  tf.removeBackend('tensorflow'); // else tfjs-node would get this one when its turn comes
  throw new Error('TensorFlow sees no GPU');
}

/** Module that registers the backend, and the name tfjs gives it. */
const loaders: Record<BackendName, () => Promise<string>> = {
  'tfjs-node-gpu': async () => {
    loadTensorflow('tfjs-node-gpu');
    requireGpu();
    registerTensorflowKernels();
    return 'tensorflow';
  },
  'tfjs-node': async () => {
    loadTensorflow('tfjs-node');
    registerTensorflowKernels();
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
  registerMaxPoolGradient();
  if (!(await tf.setBackend(tfjsName))) throw new Error(`tfjs did not start its backend "${tfjsName}"`);
  await tf.ready();
}

/**
 * Starts a backend for training. `auto` takes the first that starts; a backend that is named
 * and missing is an error. The plain-JS backend is never used.
 * @param onMissing told which candidates before the one that started could run on this machine, and did not start; why,
 * is what `--backend` with their name says
 * @throws missing_backend
 */
export async function startBackend(
  choice: BackendChoice,
  onMissing: (name: BackendName) => void = () => {},
): Promise<BackendName> {
  const failures: string[] = [];
  const missing: BackendName[] = [];
  for (const name of choice === 'auto' ? backendNames : [choice]) {
    const impossible = obstacle(name);
    if (impossible !== undefined) {
      // to who asked for it: how to get it on another machine; `auto` has others
      const hint = choice === 'auto' ? '' : `; on a machine that has one: ${howToInstall[name]}`;
      failures.push(`${name}: ${impossible}${hint}`);
      continue;
    }
    try {
      await start(name);
      for (const one of missing) onMissing(one);
      return name;
    } catch (cause) {
      const [reason] = String((cause as Error).message ?? cause).split('\n');
      failures.push(`${name}: ${reason}; to get it: ${howToInstall[name]}`);
      missing.push(name);
    }
  }
  throw new SennError('missing_backend', `backend "${choice}" did not start\n${failures.join('\n')}`, { choice });
}
