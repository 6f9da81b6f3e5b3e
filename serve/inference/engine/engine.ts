import type { ModelBundle } from '../../models/bundle.ts';
import { openForward } from '../../models/open.ts';
import { forThread, inputCount } from '../batch-input.ts';
import type { BatchLimits } from './batcher.ts';
import { createInference } from './inference.ts';
import type { Submit } from './job.ts';
import { createLanes } from './lanes.ts';
import { createOpener, type OpenModel } from './open-model.ts';
import { createPlacement, FEW_JOBS } from './placement.ts';
import { startPool } from './pool.ts';
import type { EngineEvents } from './settle.ts';

/**
 * Models on worker threads: the event loop queues jobs, sends batches of them and gets their answers. Light jobs it
 * runs itself, in batches too. A job's way: open-model.ts asks, placement.ts chooses its lane, lanes.ts runs its batch,
 * settle.ts hands out the results.
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

export interface Engine {
  /** @throws invalid_model, verification_failed */
  readonly open: (bundle: ModelBundle) => Promise<OpenModel>;
  /** Inputs that wait for a place in a batch. */
  readonly queueDepth: () => number;
  /** Finishes what is queued, then ends the threads. */
  close(): Promise<void>;
}

/** @param startThreads what makes the threads */
export function startEngine(
  { threads, providers, batch, inlineJobs = FEW_JOBS, events = {} }: EngineOptions,
  startThreads: typeof startPool = startPool,
): Engine {
  const pool = startThreads(threads, (error) => events.threadDied?.(error));
  const here = createInference(openForward);
  const lanes = createLanes({ threads, batch, events, runOnThread: pool.run, runHere: here.run });
  const placeOf = createPlacement({ ...lanes, inlineJobs, maxSize: batch.maxSize });
  const inWork = { jobs: 0 };

  const submit: Submit = (model, ask, signal) =>
    new Promise((resolve, reject) => {
      const { lane, weight } = placeOf(model, ask, inWork.jobs);
      lane.batcher.add({
        key: model.id,
        size: inputCount(ask.input),
        weight,
        wanted: () => signal?.aborted !== true,
        since: performance.now(),
        model,
        ask: lane === lanes.onThreads ? { ...ask, input: forThread(ask.input) } : ask,
        resolve,
        reject,
      });
    });

  return {
    open: createOpener({ threads, providers, inlineJobs, lanes, submit, inWork }),
    queueDepth: lanes.queueDepth,
    async close() {
      await lanes.idle();
      await Promise.all([pool.close(), here.close()]);
    },
  };
}
