import { SennError } from '../../core/errors.ts';
import type { Tensor } from '../../core/tensor.ts';
import { type BatchInput, inputCount } from '../batch-input.ts';
import type { ModelBundle } from '../models/bundle.ts';
import type { Gone, JobResult, JobTimings, ServedModel, TensorName } from '../served-model.ts';
import { type Batchable, type BatchLimits, createBatcher } from './batcher.ts';
import type { Ask, AskOutput, AskResult, BatchResult, ErrorMessage, ModelMessage } from './messages.ts';
import { type InferencePool, startPool, ThreadDied } from './pool.ts';

/** Models on worker threads: the event loop only queues jobs, sends batches of them and gets their answers. */

export interface EngineOptions {
  /** Worker threads, each with sessions of its own. */
  readonly threads: number;
  /** Execution providers to try for each graph, first choice first. */
  readonly providers: readonly string[];
  readonly batch: BatchLimits;
  readonly events?: EngineEvents;
}

/** What an engine tells whoever counts. */
export interface EngineEvents {
  jobDone?(model: ServedModel, timings: JobTimings): void;
  /** @param size inputs of the batch */
  batchDone?(model: ServedModel, size: number): void;
  threadDied?(error: Error): void;
}

/** A model whose sessions are open. */
export interface OpenModel extends ServedModel {
  readonly id: string;
  /** Its sessions close when what it still runs has ended. It takes no more. */
  retire(): void;
}

export interface Engine {
  /** @throws invalid_model, verification_failed */
  open(bundle: ModelBundle): Promise<OpenModel>;
  /** Inputs that wait for a place in a batch. */
  readonly queueDepth: () => number;
  /** Finishes what is queued, then ends the threads. */
  close(): Promise<void>;
}

interface Job extends Batchable {
  readonly model: Opening;
  readonly ask: Ask;
  readonly since: number;
  readonly resolve: (result: JobResult<Output>) => void;
  readonly reject: (error: Error) => void;
}

/** What a job gets out of its batch. */
interface Output {
  readonly output: AskOutput;
  /** Of the whole batch. */
  readonly text: Uint8Array;
}

/** Its place in the text, without a copy. */
function bytesOf({ output, text }: Output): Uint8Array {
  return output.kind === 'text' ? text.subarray(output.from, output.to) : new Uint8Array();
}

const stringOf = (output: Output): string => new TextDecoder().decode(bytesOf(output));

function tensorsOf<Name extends string>({ output }: Output): Record<Name, Tensor> {
  return (output.kind === 'tensors' ? output.tensors : {}) as Record<Name, Tensor>;
}

interface Opening {
  readonly message: ModelMessage;
  readonly served: OpenModel;
}

/** @param startThreads what makes the threads */
export function startEngine(
  { threads, providers, batch, events = {} }: EngineOptions,
  startThreads: typeof startPool = startPool,
): Engine {
  const pool: InferencePool = startThreads(threads, (error) => events.threadDied?.(error));
  /** How many open models bear an id: a thread keeps the sessions of those that are there. */
  const live = new Map<string, number>();
  const hold = (id: string): void => void live.set(id, (live.get(id) ?? 0) + 1);
  const release = (id: string): void => {
    const left = (live.get(id) ?? 0) - 1;
    if (left > 0) live.set(id, left);
    else live.delete(id);
  };

  const runOn = (model: ModelMessage, asks: readonly Ask[]): Promise<BatchResult> =>
    pool.run({ model, asks, live: [...live.keys()] });

  const runBatch = async (jobs: readonly Job[]): Promise<() => void> => {
    const [{ model }] = jobs as readonly [Job];
    const sent = performance.now();
    try {
      const result = await runOn(
        model.message,
        jobs.map(({ ask }) => ask),
      );
      return () => settle(jobs, sent, result);
    } catch (error) {
      if (!(error instanceof ThreadDied)) return () => rejectAll(jobs, error as Error);
      // one of them may be what the thread died of: each gets another thread, once, for itself
      for (const job of jobs) await runAgain(job);
      return () => {};
    }
  };

  const runAgain = async (job: Job): Promise<void> => {
    const sent = performance.now();
    try {
      settle([job], sent, await runOn(job.model.message, [job.ask]));
    } catch (error) {
      const message = `engine: two threads ended while they ran this job: ${(error as Error).message}`;
      job.reject(new SennError('inference_failed', message, {}, error));
    }
  };

  const settle = (jobs: readonly Job[], sent: number, result: BatchResult): void => {
    if (!result.ok) {
      rejectAll(jobs, fromMessage(result.error));
      return;
    }
    const { decode, compute, results, text } = result;
    const [{ model }] = jobs as readonly [Job];
    events.batchDone?.(
      model.served,
      jobs.reduce((sum, { size }) => sum + size, 0),
    );
    jobs.forEach((job, i) => {
      const outcome = results[i] as AskResult;
      if (outcome.ok) {
        const timings = { queue: sent - job.since, decode, compute, encode: outcome.encode };
        events.jobDone?.(model.served, timings);
        job.resolve({ value: { output: outcome.output, text }, timings });
      } else {
        job.reject(fromMessage(outcome.error));
      }
    });
  };

  const batcher = createBatcher<Job>({
    ...batch,
    slots: threads,
    run: runBatch,
    onUnwanted: (job) => job.reject(new SennError('unavailable', 'engine: nobody waits for this job any more')),
  });

  const submit = (model: Opening, ask: Ask, signal: Gone | undefined): Promise<JobResult<Output>> =>
    new Promise((resolve, reject) => {
      const size = inputCount(ask.input);
      batcher.add({
        key: model.message.id,
        size,
        weight: size + decodedRows(ask, model.served) / DECODES_PER_INPUT,
        wanted: () => signal?.aborted !== true,
        since: performance.now(),
        ...{ model, ask, resolve, reject },
      });
    });

  /** On every thread at once, so that the first requests find it open. */
  const openEverywhere = async (message: ModelMessage): Promise<string> => {
    const open = async (): Promise<string> => {
      const result = await runOn(message, []);
      if (!result.ok) throw fromMessage(result.error);
      return result.executionProvider;
    };
    const [provider] = await Promise.all(Array.from({ length: threads }, open));
    return provider as string;
  };

  return {
    async open({ id, manifest, files }) {
      const message: ModelMessage = { id, files, providers };
      hold(id);
      try {
        const executionProvider = await openEverywhere(message);
        let [pending, retired, released] = [0, false, false];
        /** Once: a request may have found the model before it was retired, and ask it only now. */
        const releaseWhenDone = (): void => {
          if (!retired || released || pending > 0) return;
          released = true;
          release(id);
        };
        const asked = async <T>(
          ask: Ask,
          signal: Gone | undefined,
          read: (output: Output) => T,
        ): Promise<JobResult<T>> => {
          pending += 1;
          try {
            const { value, timings } = await submit(opening, ask, signal);
            return { value: read(value), timings };
          } finally {
            pending -= 1;
            releaseWhenDone();
          }
        };
        const served: OpenModel = {
          id,
          manifest,
          files,
          executionProvider,
          answer: (input, options, signal) => asked({ kind: 'answer', input, options }, signal, bytesOf),
          figure: (input, options, signal) => asked({ kind: 'figure', input, options }, signal, stringOf),
          tensors: <Name extends TensorName>(input: BatchInput, names: readonly Name[], signal?: Gone) =>
            asked({ kind: 'tensors', input, names }, signal, tensorsOf<Name>),
          retire() {
            retired = true;
            releaseWhenDone();
          },
        };
        const opening: Opening = { message, served };
        return served;
      } catch (error) {
        release(id);
        throw error;
      }
    },
    queueDepth: batcher.depth,
    async close() {
      await batcher.idle();
      await pool.close();
    },
  };
}

function rejectAll(jobs: readonly Job[], error: Error): void {
  for (const { reject } of jobs) reject(error);
}

/** The error as it was raised; one that nobody foresaw stays none of ours, so that its words go to the log alone. */
function fromMessage({ code, message, details, stack }: ErrorMessage): Error {
  const error = code === 'internal' ? new Error(message) : new SennError(code, message, { ...details });
  return Object.assign(error, stack === undefined ? {} : { stack });
}

/** Decoded images that cost about as much as one input's h and θ; it keeps batches with traversals short. */
const DECODES_PER_INPUT = 8;

/** Runs of the decoder that a job asks for. */
function decodedRows({ kind, ...ask }: Ask, { manifest }: ServedModel): number {
  if (kind === 'tensors') return 0;
  const { options, input } = ask as Extract<Ask, { kind: 'answer' | 'figure' }>;
  const wanted = kind === 'figure' || ('explain' in options && options.explain.includes('traversals'));
  return wanted ? inputCount(input) * manifest.concepts.length * options.steps : 0;
}
