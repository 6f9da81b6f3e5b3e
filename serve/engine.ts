import { fileURLToPath } from 'node:url';
import { Piscina } from 'piscina';
import { type ErrorCode, SennError } from '../core/errors.ts';
import type { Manifest } from '../core/manifest.ts';
import type { AnswerOptions, PredictionAnswer } from './answer.ts';
import { type BatchInput, memoryOf } from './batch-input.ts';
import type { FigureOptions } from './explain/panel.ts';
import type { ModelFolder } from './model-folder.ts';
import type { RuntimeOptions } from './onnxruntime.ts';

/** Models on worker threads: the event loop only sends a batch and gets its answer. */

/** A model as the routes see it, wherever its sessions live. The memory of an `input` is handed over with it. */
export interface ServedModel {
  readonly folder: ModelFolder;
  readonly executionProvider: string;
  /** Predicts and renders one batch. @throws invalid_request, inference_failed */
  answer(input: BatchInput, options: AnswerOptions): Promise<PredictionAnswer[]>;
  /** Predicts one batch and draws the explanations, as SVG. @throws payload_too_large, inference_failed */
  figure(input: BatchInput, options: FigureOptions): Promise<string>;
}

export interface Engine {
  /** By name; in the order of the folders that the engine was started with. */
  readonly models: ReadonlyMap<string, ServedModel>;
  /** Finishes what is queued, then ends the threads. */
  close(): Promise<void>;
}

export interface EngineOptions {
  /** Worker threads, each with sessions of its own. */
  readonly threads: number;
  readonly runtime?: RuntimeOptions;
  /** Told of a model that cannot be opened, which is then left out; without it, its error is thrown. */
  readonly onRefused?: (error: SennError) => void;
}

/** What a worker can be asked, and what it gives for it. */
export type Ask =
  | { readonly kind: 'answer'; readonly input: BatchInput; readonly options: AnswerOptions }
  | { readonly kind: 'figure'; readonly input: BatchInput; readonly options: FigureOptions };

export interface Output {
  readonly answer: PredictionAnswer[];
  readonly figure: string;
}

/** To a worker: ask the model in the folder `path`; without an `ask`, only open it. */
export interface InferenceTask {
  readonly path: string;
  readonly ask?: Ask;
}

/** From a worker. What it did not raise on purpose it throws. */
export type InferenceResult =
  | { readonly ok: true; readonly executionProvider: string; readonly output: Output[keyof Output] | undefined }
  | {
      readonly ok: false;
      readonly code: ErrorCode;
      readonly message: string;
      readonly details: Readonly<Record<string, unknown>>;
      readonly stack: string | undefined;
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
  { threads, runtime = {}, onRefused }: EngineOptions,
): Promise<Engine> {
  const pool = new Piscina<InferenceTask, InferenceResult>({
    ...workerModule(),
    minThreads: threads,
    maxThreads: threads,
    maxQueue: Number.POSITIVE_INFINITY,
    workerData: runtime,
  });
  const run = async (task: InferenceTask): Promise<InferenceResult & { ok: true }> => {
    const result = await pool.run(task, { transferList: task.ask === undefined ? [] : memoryOf(task.ask.input) });
    if (result.ok) return result;
    const { code, message, details, stack } = result;
    throw Object.assign(new SennError(code, message, details), stack === undefined ? {} : { stack });
  };
  const open = async (folder: ModelFolder): Promise<ServedModel> => {
    const { path } = folder;
    const [opened] = await Promise.all(Array.from({ length: threads }, () => run({ path })));
    const asked = async <K extends Ask['kind']>(ask: Ask & { kind: K }): Promise<Output[K]> =>
      (await run({ path, ask })).output as Output[K];
    return {
      folder,
      executionProvider: opened?.executionProvider ?? 'none',
      answer: (input, options) => asked({ kind: 'answer', input, options }),
      figure: (input, options) => asked({ kind: 'figure', input, options }),
    };
  };
  const openOrRefuse = async (folder: ModelFolder): Promise<(readonly [string, ServedModel])[]> => {
    try {
      return [[folder.manifest.name, await open(folder)]];
    } catch (error) {
      if (onRefused === undefined || !(error instanceof SennError)) throw error;
      onRefused(error);
      return [];
    }
  };
  try {
    return { models: new Map((await Promise.all(folders.map(openOrRefuse))).flat()), close: () => pool.close() };
  } catch (error) {
    await pool.destroy();
    throw error;
  }
}

/** A model by name. @throws unknown_model */
export function modelNamed({ models }: Engine, name: string): ServedModel {
  const found = models.get(name);
  if (found === undefined) {
    const choices = [...models.keys()];
    throw new SennError('unknown_model', `unknown model "${name}"; choose ${choices.join(', ')}`, { name, choices });
  }
  return found;
}

/** The first model that takes inputs of that kind; where none does, the first model, which then says what it takes. */
export function modelTaking({ models }: Engine, kind: Manifest['input']['kind']): ServedModel {
  const served = [...models.values()];
  return served.find(({ folder }) => folder.manifest.input.kind === kind) ?? (served[0] as ServedModel);
}
