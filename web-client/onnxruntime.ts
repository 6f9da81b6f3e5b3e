import * as wasmBuild from 'onnxruntime-web/wasm';
import { SennError } from '../core/errors.ts';
import { type OpenSession, type Session, tensorOfOutput } from '../core/session.ts';
import type { Tensor } from '../core/tensor.ts';
import { download } from './download.ts';
import type { OnProgress } from './progress.ts';
import { loadWebGpuBuild } from './runtime/webgpu.ts';
import { createSharedTask } from './shared-task.ts';

/**
 * The one file that knows onnxruntime-web. Its WebAssembly module is one a page: the first session loads it with the
 * options of that moment, and later options have no effect.
 */
export interface RuntimeOptions {
  /**
   * Where `ort-wasm-simd-threaded.wasm` is served. It is downloaded at the same time as the model, and counts in its
   * progress. Default: onnxruntime-web loads it from where bundlers put it, once the model is there.
   */
  readonly wasmUrl?: string | URL;
  /**
   * Threads of one run. Default 1: the graphs of these models are too small to gain from more. More than one needs a
   * cross-origin-isolated page (COOP and COEP headers), and is 1 elsewhere; its workers start the script that holds
   * onnxruntime-web, so a bundler must keep that in a chunk of its own.
   */
  readonly numThreads?: number;
  /**
   * What may run the model. Default `['wasm']`. With `webgpu` among them, and a browser that has it, the build of ONNX
   * Runtime that has both is loaded (27 MB before compression), whichever then turns out to be the fastest.
   */
  readonly providers?: readonly Provider[];
}

/** WebAssembly on the CPU, or the GPU. */
const providerNames = ['wasm', 'webgpu'] as const;
export type Provider = (typeof providerNames)[number];

/** The part of onnxruntime-web's builds that is used here. */
type Build = Pick<typeof wasmBuild, 'InferenceSession' | 'Tensor' | 'env'>;

type Enqueue = <T>(task: () => Promise<T>) => Promise<T>;

/** Runs tasks one after the other, in the order they came, whatever became of those before. */
function createQueue(): Enqueue {
  let last: Promise<unknown> = Promise.resolve();
  return (task) => {
    const result = last.then(task, task);
    last = result.catch(() => undefined);
    return result;
  };
}

/** Every session shares one WebAssembly stack, so their calls must not interleave. */
const enqueue = createQueue();

function configure({ env }: Build, { numThreads = 1 }: RuntimeOptions): void {
  env.logLevel = 'error';
  env.wasm.numThreads = globalThis.crossOriginIsolated ? numThreads : 1;
}

let wasmUrl: URL | undefined;

const loadWasm = createSharedTask(async (onProgress) => {
  if (wasmUrl !== undefined) wasmBuild.env.wasm.wasmBinary = await download(wasmUrl, { onProgress });
});

/**
 * Downloads the WebAssembly module where `wasmUrl` says where it is, unless the page has it. onnxruntime-web itself would
 * begin with the first session, show no progress, and after one failure never try again.
 * @throws not_found, unavailable
 */
export function loadRuntime({ wasmUrl: url }: RuntimeOptions, onProgress?: OnProgress): Promise<void> {
  if (url !== undefined) wasmUrl = new URL(url, globalThis.location?.href);
  return loadWasm(onProgress);
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

function wrap({ Tensor: OrtTensor }: Build, session: wasmBuild.InferenceSession, provider: Provider): Session {
  const toOrt = ({ shape, data }: Tensor) => new OrtTensor('float32', data, shape);
  return {
    executionProvider: provider,
    run: (feeds) =>
      enqueue(async () => {
        try {
          const inputs = Object.fromEntries(Object.entries(feeds).map(([name, value]) => [name, toOrt(value)]));
          const outputs = await session.run(inputs);
          return Object.fromEntries(
            Object.entries(outputs).map(([name, value]) => [name, tensorOfOutput(name, value)]),
          );
        } catch (error) {
          if (error instanceof SennError) throw error;
          throw new SennError('inference_failed', `onnxruntime-web: ${messageOf(error)}`, {}, error);
        }
      }),
    close: () => enqueue(() => session.release()),
  };
}

async function opened(build: Build, graph: Uint8Array, provider: Provider, options: RuntimeOptions): Promise<Session> {
  configure(build, options);
  try {
    const session = await build.InferenceSession.create(graph, { executionProviders: [provider] });
    return wrap(build, session, provider);
  } catch (error) {
    throw new SennError('invalid_model', `onnxruntime-web cannot open the graph: ${messageOf(error)}`, {}, error);
  }
}

/** Opens sessions on the CPU, through WebAssembly. @throws not_found, unavailable, invalid_model */
export function sessionOpener(options: RuntimeOptions = {}): OpenSession {
  return (graph) =>
    enqueue(async () => {
      await loadRuntime(options);
      const session = await opened(wasmBuild, graph, 'wasm', options);
      delete wasmBuild.env.wasm.wasmBinary; // 14 MB that nobody needs once the module runs
      return session;
    });
}

/** Whether the browser has a GPU for us. */
async function hasGpu(): Promise<boolean> {
  const { gpu } = (globalThis.navigator ?? {}) as { readonly gpu?: { requestAdapter(): Promise<object | null> } };
  return (await gpu?.requestAdapter().catch(() => null)) != null;
}

/**
 * What opens sessions by each of the providers that the browser has, all in the build of ONNX Runtime that has WebGPU.
 * @throws invalid_request | unavailable where the browser has none of them, or the build cannot be loaded
 */
export async function sessionOpeners(
  providers: readonly Provider[],
  options: RuntimeOptions,
): Promise<{ readonly provider: Provider; readonly open: OpenSession }[]> {
  const odd = providers.find((name) => !providerNames.includes(name));
  if (odd !== undefined || providers.length === 0) {
    const got = odd === undefined ? 'none' : `"${odd}"`;
    throw new SennError('invalid_request', `providers: ${got} given; choose of ${providerNames.join(', ')}`);
  }
  const gpu = await hasGpu();
  const usable = providers.filter((provider) => provider !== 'webgpu' || gpu);
  if (usable.length === 0)
    throw new SennError('unavailable', 'this browser has no WebGPU; allow wasm among the providers');
  const onCpu = { provider: 'wasm', open: sessionOpener(options) } as const;
  if (!usable.includes('webgpu')) return [onCpu];
  let build: Build;
  try {
    build = await loadWebGpuBuild();
  } catch (error) {
    if (usable.includes('wasm')) return [onCpu];
    throw new SennError('unavailable', `no WebGPU: ${messageOf(error)}`, {}, error);
  }
  return usable.map((provider) => ({
    provider,
    open: (graph) => enqueue(() => opened(build, graph, provider, options)),
  }));
}

/** The opener with its defaults: one thread, the runtime beside its script. */
export const openSession: OpenSession = sessionOpener();
