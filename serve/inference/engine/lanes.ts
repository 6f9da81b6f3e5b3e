import { SennError } from '../../../core/errors.ts';
import { fromMessage } from '../error-message.ts';
import { type Batcher, type BatchLimits, createBatcher } from './batcher.ts';
import type { Job, NamedModel } from './job.ts';
import { type Ask, type BatchMessage, type BatchReply, type BatchResult, UNOPENED } from './messages.ts';
import { ThreadDied } from './pool.ts';
import { type EngineEvents, rejectAll, settle } from './settle.ts';

/**
 * The lanes in which batches of jobs run: the inference threads, the event loop's own thread, and the threads for
 * attributions. Each has a queue of its own; the first two together count for `maxQueue`, and the third has its own, so that
 * attributions, which take seconds, keep no prediction waiting.
 */

/** One message in, one out. */
type Run = (message: BatchMessage) => Promise<BatchReply>;

/** Where jobs wait and run. */
export interface Lane {
  readonly batcher: Batcher<Job>;
  readonly run: Run;
}

export interface Lanes {
  readonly onThreads: Lane;
  readonly onEventLoop: Lane;
  /** Where each job runs alone. */
  readonly onExplainers: Lane;
  /** Inputs that wait, in all. */
  readonly queueDepth: () => number;
  /** Opens a model in a lane, where it is not. @throws invalid_model, verification_failed */
  openOn(lane: Lane, named: NamedModel): Promise<Extract<BatchResult, { ok: true }>>;
  /** Keeps the sessions of a model open, until as many calls of `release` have let go of it. */
  hold(id: string): void;
  release(id: string): void;
  /** Resolves when nothing waits and nothing runs. */
  idle(): Promise<void>;
}

export interface LanesOptions {
  readonly threads: number;
  readonly batch: BatchLimits;
  readonly events: EngineEvents;
  readonly runOnThread: Run;
  readonly runHere: Run;
  readonly runOnExplainer: Run;
  readonly explainers: { readonly atOnce: number; readonly maxQueue: number };
}

export function createLanes(options: LanesOptions): Lanes {
  const { threads, batch, events, runOnThread, runHere, runOnExplainer, explainers } = options;
  /** How many open models bear an id: a thread keeps the sessions of those that are there, and closes any other. */
  const live = new Map<string, number>();

  /** Without asks, the model is opened; with asks, only where the other side says that it has not. */
  const send = async (run: Run, { id, model }: NamedModel, asks: readonly Ask[]): Promise<BatchResult> => {
    const message: BatchMessage = { id, asks, live: [...live.keys()] };
    if (asks.length > 0) {
      const reply = await run(message);
      if (reply !== UNOPENED) return reply;
    }
    return (await run({ ...message, model })) as BatchResult;
  };

  /** @returns what hands the results out: see `BatcherOptions.run` */
  const runBatch = async (run: Run, jobs: readonly Job[]): Promise<() => void> => {
    const [{ model }] = jobs as readonly [Job];
    const sent = performance.now();
    const asks = jobs.map(({ ask }) => ask);
    try {
      const result = await send(run, model, asks);
      return () => settle(jobs, sent, result, events);
    } catch (error) {
      if (!(error instanceof ThreadDied)) return () => rejectAll(jobs, error as Error);
      // one of them may be what the thread died of: each gets another thread, once, for itself
      for (const job of jobs) await runAgain(run, job);
      return () => {};
    }
  };

  const runAgain = async (run: Run, job: Job): Promise<void> => {
    const sent = performance.now();
    try {
      settle([job], sent, await send(run, job.model, [job.ask]), events);
    } catch (error) {
      const message = `engine: two threads ended while they ran this job: ${(error as Error).message}`;
      job.reject(new SennError('inference_failed', message, {}, error));
    }
  };

  const predicting = (): number => onThreads.batcher.depth() + onEventLoop.batcher.depth();

  const laneOf = (
    slots: number,
    run: Run,
    limits: BatchLimits & { readonly queueDepth?: () => number } = { ...batch, queueDepth: predicting },
  ): Lane => ({
    run,
    batcher: createBatcher<Job>({
      ...limits,
      slots,
      run: (jobs) => runBatch(run, jobs),
      onUnwanted: (job) => job.reject(new SennError('unavailable', 'engine: nobody waits for this job any more')),
    }),
  });
  const onThreads = laneOf(threads, runOnThread);
  const onEventLoop = laneOf(1, runHere);
  const { atOnce, maxQueue } = explainers;
  const onExplainers = laneOf(atOnce, runOnExplainer, { maxSize: 1, maxDelayMs: 0, maxQueue });

  return {
    onThreads,
    onEventLoop,
    onExplainers,
    queueDepth: () => predicting() + onExplainers.batcher.depth(),
    async openOn({ run }, named) {
      const result = await send(run, named, []);
      if (!result.ok) throw fromMessage(result.error);
      return result;
    },
    hold: (id) => void live.set(id, (live.get(id) ?? 0) + 1),
    release(id) {
      const left = (live.get(id) ?? 0) - 1;
      if (left > 0) live.set(id, left);
      else live.delete(id);
    },
    async idle() {
      await Promise.all([onThreads, onEventLoop, onExplainers].map(({ batcher }) => batcher.idle()));
    },
  };
}
