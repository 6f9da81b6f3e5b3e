import { fileURLToPath } from 'node:url';
import { Piscina } from 'piscina';
import { type ErrorCode, SennError } from '../core/errors.ts';
import type { Tensor } from '../core/tensor.ts';
import type { AnswerOptions, PredictionAnswer } from './answer.ts';
import type { ModelFolder } from './model-folder.ts';
import type { RuntimeOptions } from './onnxruntime.ts';

/** Models on worker threads: the event loop only sends a batch and gets its answer. */

/** A model as the routes see it, wherever its sessions live. */
export interface ServedModel {
  readonly folder: ModelFolder;
  readonly executionProvider: string;
  /**
   * Predicts and renders one batch.
   * @param input `[N, …]` in the model's units; its memory is handed over and must not be used afterwards
   * @throws invalid_request, inference_failed; unavailable when the queue is full
   */
  answer(input: Tensor, options: AnswerOptions): Promise<PredictionAnswer[]>;
}

export interface Engine {
  /** By name, in alphabetical order. */
  readonly models: ReadonlyMap<string, ServedModel>;
  /** Finishes what is queued, then ends the threads. */
  close(): Promise<void>;
}

export interface EngineOptions {
  /** Worker threads, each with sessions of its own. */
  readonly threads: number;
  /** Batches that may wait for a thread; one more is refused with `unavailable`. */
  readonly maxQueue: number;
  readonly runtime?: RuntimeOptions;
}

/** To a worker: predict with the model in the folder `path`; without a request, only open it. */
export interface InferenceTask {
  readonly path: string;
  readonly request?: { readonly input: Tensor; readonly options: AnswerOptions };
}

/** From a worker. */
export type InferenceResult =
  | { readonly ok: true; readonly executionProvider: string; readonly predictions: PredictionAnswer[] }
  | {
      readonly ok: false;
      readonly code: ErrorCode;
      readonly message: string;
      readonly details: Readonly<Record<string, unknown>>;
    };

/**
 * Compiled, the worker is JavaScript beside this file. In a checkout it is TypeScript, which its thread must learn
 * first, by an explicit `register`: `--import tsx` itself does nothing outside the main thread.
 */
function workerModule(): { filename: string; execArgv: string[] } {
  const extension = import.meta.url.endsWith('.ts') ? '.ts' : '.js';
  const filename = fileURLToPath(new URL(`./inference-worker${extension}`, import.meta.url));
  if (extension === '.js') return { filename, execArgv: [] };
  const register = `import { register } from ${JSON.stringify(import.meta.resolve('tsx/esm/api'))}; register();`;
  return { filename, execArgv: ['--import', `data:text/javascript,${encodeURIComponent(register)}`] };
}

/** Resolves once every model has been opened; a thread that starts later opens them when first asked. @throws invalid_model */
export async function startEngine(
  folders: readonly ModelFolder[],
  { threads, maxQueue, runtime = {} }: EngineOptions,
): Promise<Engine> {
  const pool = new Piscina<InferenceTask, InferenceResult>({
    ...workerModule(),
    minThreads: threads,
    maxThreads: threads,
    maxQueue: Number.POSITIVE_INFINITY,
    workerData: runtime,
  });
  const run = async (task: InferenceTask): Promise<InferenceResult & { ok: true }> => {
    const transferList = task.request === undefined ? [] : [task.request.input.data.buffer as ArrayBuffer];
    const result = await pool.run(task, { transferList });
    if (!result.ok) throw new SennError(result.code, result.message, result.details);
    return result;
  };
  const open = async (folder: ModelFolder): Promise<readonly [string, ServedModel]> => {
    const [opened] = await Promise.all(Array.from({ length: threads }, () => run({ path: folder.path })));
    const model: ServedModel = {
      folder,
      executionProvider: opened?.executionProvider ?? 'none',
      answer: async (input, options) => {
        if (pool.queueSize >= maxQueue) {
          throw new SennError('unavailable', `server: ${maxQueue} batches already wait; try again`, { maxQueue });
        }
        return (await run({ path: folder.path, request: { input, options } })).predictions;
      },
    };
    return [folder.manifest.name, model];
  };
  try {
    return { models: new Map(await Promise.all(folders.map(open))), close: () => pool.close() };
  } catch (error) {
    await pool.destroy();
    throw error;
  }
}

/** A model by name, or the first one. @throws unknown_model */
export function modelNamed({ models }: Engine, name: string | undefined): ServedModel {
  const found = name === undefined ? models.values().next().value : models.get(name);
  if (found === undefined) {
    const choices = [...models.keys()];
    throw new SennError('unknown_model', `unknown model "${name}"; choose ${choices.join(', ')}`, { name, choices });
  }
  return found;
}
