import { artefactsOf, decodesOf } from '../../../core/artefacts/index.ts';
import { SennError } from '../../../core/errors.ts';
import type { Manifest } from '../../../core/manifest.ts';
import type { Tensor } from '../../../core/tensor.ts';
import type { ModelBundle } from '../../models/bundle.ts';
import { openForward } from '../../models/open.ts';
import { type BatchInput, forThread, inputCount, pixelCount } from '../batch-input.ts';
import { fromMessage } from '../error-message.ts';
import type { Gone, JobResult, JobTimings, ServedModel, TensorName } from '../served-model.ts';
import { type Batchable, type Batcher, type BatchLimits, createBatcher } from './batcher.ts';
import { createInference } from './inference.ts';
import {
  type Ask,
  type AskOutput,
  type AskResult,
  type BatchMessage,
  type BatchReply,
  type BatchResult,
  type ModelMessage,
  UNOPENED,
} from './messages.ts';
import { type InferencePool, startPool, ThreadDied } from './pool.ts';

/**
 * Models on worker threads: the event loop queues jobs, sends batches of them and gets their answers. Light jobs it runs
 * itself, in batches too: an input of a small model takes it less than the way to a thread and back.
 */

export interface EngineOptions {
  /** Worker threads, each with sessions of its own. */
  readonly threads: number;
  /** Execution providers to try for each graph, first choice first. */
  readonly providers: readonly string[];
  readonly batch: BatchLimits;
  /** Light jobs run on the event loop while fewer jobs than this are in work; 0: never. Default `FEW_JOBS`. */
  readonly inlineJobs?: number;
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

/** Bytes of other answers that one may keep in memory while a slow client reads it: more than a copy is worth. */
const KEPT_ALONG = 65_536;

/** Its place in the text of the batch. */
function bytesOf({ output, text }: Output): Uint8Array {
  if (output.kind !== 'text') return new Uint8Array();
  const part = text.subarray(output.from, output.to);
  return text.buffer.byteLength - part.length > KEPT_ALONG ? new Uint8Array(part) : part;
}

const stringOf = (output: Output): string => new TextDecoder().decode(bytesOf(output));

function tensorsOf<Name extends string>({ output }: Output): Record<Name, Tensor> {
  return (output.kind === 'tensors' ? output.tensors : {}) as Record<Name, Tensor>;
}

/** A model, and what it is opened from. */
interface Named {
  readonly id: string;
  readonly model: ModelMessage;
}

interface Opening extends Named {
  readonly served: OpenModel;
  /** What one input takes on the event loop's thread; infinite for a model that is not open there. */
  readonly inlineMilliseconds: number;
}

type Provided = Pick<OpenModel, 'executionProvider'>;

/** Where jobs run. */
interface Lane {
  readonly batcher: Batcher<Job>;
  run(message: BatchMessage): Promise<BatchReply>;
}

/** Milliseconds of the event loop that a light job takes at most, and a batch of them. */
const LIGHT_JOB = 1;
const LIGHT_BATCH = 4;
/**
 * While fewer jobs are in work a light one is run at once. Where more come, threads run larger batches of them, and leave
 * the event loop to reading and writing.
 */
export const FEW_JOBS = 8;
/** About what an input takes besides h and θ, each of its pixels, and each number of θ: so that many or large ones count. */
const MILLISECONDS_PER_INPUT = 0.03;
const MILLISECONDS_PER_PIXEL = 2e-5;
const MILLISECONDS_PER_RELEVANCE = 3e-4;

/** @param startThreads what makes the threads */
export function startEngine(
  { threads, providers, batch, inlineJobs = FEW_JOBS, events = {} }: EngineOptions,
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

  const here = createInference(openForward);

  const runOn = async (run: Lane['run'], { id, model }: Named, asks: readonly Ask[]): Promise<BatchResult> => {
    const message: BatchMessage = { id, asks, live: [...live.keys()] };
    if (asks.length > 0) {
      const reply = await run(message);
      if (reply !== UNOPENED) return reply;
    }
    return (await run({ ...message, model })) as BatchResult;
  };

  /** Runs a batch on a thread, or in this one. */
  const runBatch = async (on: Lane['run'], jobs: readonly Job[]): Promise<() => void> => {
    const [{ model }] = jobs as readonly [Job];
    const sent = performance.now();
    const asks = jobs.map(({ ask }) => ask);
    try {
      const result = await runOn(on, model, asks);
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
      settle([job], sent, await runOn(pool.run, job.model, [job.ask]));
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

  const queueDepth = (): number => lanes.reduce((sum, { batcher }) => sum + batcher.depth(), 0);

  const laneOf = (slots: number, run: Lane['run']): Lane => ({
    run,
    batcher: createBatcher<Job>({
      ...batch,
      queueDepth,
      slots,
      run: (jobs) => runBatch(run, jobs),
      onUnwanted: (job) => job.reject(new SennError('unavailable', 'engine: nobody waits for this job any more')),
    }),
  });
  const onThreads = laneOf(threads, pool.run);
  const onEventLoop = laneOf(1, here.run);
  const lanes = [onThreads, onEventLoop];

  /** Jobs that wait or run. */
  let inWork = 0;

  /** The lane of a job, and what it takes of `batch.maxSize` there. */
  const placeOf = (model: Opening, ask: Ask): { lane: Lane; weight: number } => {
    const size = inputCount(ask.input);
    const decodes = decodedRows(ask, model.served);
    const milliseconds = size * model.inlineMilliseconds + pixelCount(ask.input) * MILLISECONDS_PER_PIXEL;
    if (inWork < inlineJobs && decodes === 0 && ask.kind !== 'figure' && milliseconds <= LIGHT_JOB) {
      return { lane: onEventLoop, weight: Math.max(size, (milliseconds / LIGHT_BATCH) * batch.maxSize) };
    }
    return { lane: onThreads, weight: size + decodes / DECODES_PER_INPUT };
  };

  const submit = (model: Opening, ask: Ask, signal: Gone | undefined): Promise<JobResult<Output>> =>
    new Promise((resolve, reject) => {
      const { lane, weight } = placeOf(model, ask);
      lane.batcher.add({
        key: model.id,
        size: inputCount(ask.input),
        weight,
        wanted: () => signal?.aborted !== true,
        since: performance.now(),
        model,
        ask: lane === onThreads ? { ...ask, input: forThread(ask.input) } : ask,
        ...{ resolve, reject },
      });
    });

  const openOn = async ({ run }: Lane, named: Named): Promise<Extract<BatchResult, { ok: true }>> => {
    const result = await runOn(run, named, []);
    if (!result.ok) throw fromMessage(result.error);
    return result;
  };

  /** On every thread at once, so that the first requests find it open; here too where its jobs can be light. */
  const openEverywhere = async (
    named: Named,
    manifest: Manifest,
  ): Promise<Pick<Opening, 'inlineMilliseconds'> & Provided> => {
    const [{ executionProvider, milliseconds }] = (await Promise.all(
      Array.from({ length: threads }, () => openOn(onThreads, named)),
    )) as [Extract<BatchResult, { ok: true }>];
    const inlineMilliseconds = milliseconds + besides(manifest);
    const isLight = inlineJobs > 0 && executionProvider === 'cpu' && inlineMilliseconds <= LIGHT_JOB;
    if (isLight) await openOn(onEventLoop, named);
    return { executionProvider, inlineMilliseconds: isLight ? inlineMilliseconds : Number.POSITIVE_INFINITY };
  };

  return {
    async open({ id, manifest, files }) {
      const named: Named = { id, model: { files, providers } };
      hold(id);
      try {
        const { executionProvider, inlineMilliseconds } = await openEverywhere(named, manifest);
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
            const result = submit(opening, ask, signal);
            inWork += 1;
            const { value, timings } = await result;
            return { value: read(value), timings };
          } finally {
            pending -= 1;
            inWork -= 1;
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
        const opening: Opening = { ...named, served, inlineMilliseconds };
        return served;
      } catch (error) {
        release(id);
        throw error;
      }
    },
    queueDepth,
    async close() {
      await Promise.all(lanes.map(({ batcher }) => batcher.idle()));
      await Promise.all([pool.close(), here.close()]);
    },
  };
}

function rejectAll(jobs: readonly Job[], error: Error): void {
  for (const { reject } of jobs) reject(error);
}

/** Decoded images that cost about as much as one input's h and θ; it keeps batches with traversals short. */
const DECODES_PER_INPUT = 8;

/** Milliseconds of an input besides h and θ, without its pixels. */
const besides = ({ concepts, classes }: Manifest): number =>
  MILLISECONDS_PER_INPUT + concepts.length * classes.length * MILLISECONDS_PER_RELEVANCE;

/** Runs of the decoder that a job asks for. */
function decodedRows(ask: Ask, { manifest }: ServedModel): number {
  if (ask.kind === 'tensors') return 0;
  const explain = ask.kind === 'figure' ? artefactsOf(manifest) : ask.options.explain;
  return inputCount(ask.input) * decodesOf(manifest, explain, ask.options);
}
