import { env, InferenceSession, Tensor as OrtTensor } from 'onnxruntime-web/wasm';
import { SennError } from '../core/errors.ts';
import { type OpenSession, type Session, tensorOfOutput } from '../core/session.ts';
import type { Tensor } from '../core/tensor.ts';
import { download } from './download.ts';
import type { OnProgress } from './progress.ts';
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
}

const EXECUTION_PROVIDER = 'wasm';

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

function configure({ numThreads = 1 }: RuntimeOptions): void {
  env.logLevel = 'error';
  env.wasm.numThreads = globalThis.crossOriginIsolated ? numThreads : 1;
}

let wasmUrl: URL | undefined;

const loadWasm = createSharedTask(async (onProgress) => {
  if (wasmUrl !== undefined) env.wasm.wasmBinary = await download(wasmUrl, { onProgress });
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

function toOrt({ shape, data }: Tensor): OrtTensor {
  return new OrtTensor('float32', data, shape);
}

function wrap(session: InferenceSession): Session {
  return {
    executionProvider: EXECUTION_PROVIDER,
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

/** Opens sessions on the CPU, through WebAssembly. @throws not_found, unavailable, invalid_model */
export function sessionOpener(options: RuntimeOptions = {}): OpenSession {
  return (graph) =>
    enqueue(async () => {
      await loadRuntime(options);
      configure(options);
      try {
        const session = await InferenceSession.create(graph, { executionProviders: [EXECUTION_PROVIDER] });
        delete env.wasm.wasmBinary; // 14 MB that nobody needs once the module runs
        return wrap(session);
      } catch (error) {
        throw new SennError('invalid_model', `onnxruntime-web cannot open the graph: ${messageOf(error)}`, {}, error);
      }
    });
}

/** The opener with its defaults: one thread, the runtime beside its script. */
export const openSession: OpenSession = sessionOpener();
