import { type AttributionsConfig, attributionsSchema } from '../../config/attributions.ts';
import type { ModelBundle } from '../../models/bundle.ts';
import { openForward } from '../../models/open.ts';
import { forThread, inputCount } from '../batch-input.ts';
import type { BatchLimits } from './batcher.ts';
import { createInference } from './inference.ts';
import type { Submit } from './job.ts';
import { createLanes } from './lanes.ts';
import type { BatchMessage, BatchReply } from './messages.ts';
import { createOpener, type OpenModel } from './open-model.ts';
import { createPlacement, FEW_JOBS } from './placement.ts';
import { type InferencePool, LOW, startPool } from './pool.ts';
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
  readonly attributions?: AttributionsConfig;
}

export interface Engine {
  /** @throws invalid_model, verification_failed */
  readonly open: (bundle: ModelBundle) => Promise<OpenModel>;
  /** Inputs that wait for a place in a batch. */
  readonly queueDepth: () => number;
  /** Finishes what is queued, then ends the threads. */
  close(): Promise<void>;
}

/** Its sessions crash where several run at a time (microsoft/onnxruntime#32561), so attributions do without. */
const NOT_BESIDE_OTHERS = 'webgpu';

/** @param startThreads what makes the threads */
export function startEngine(options: EngineOptions, startThreads: typeof startPool = startPool): Engine {
  const { threads, providers, batch, inlineJobs = FEW_JOBS, events = {} } = options;
  const { attributions: explaining = attributionsSchema.parse({}) } = options;
  const onDeath = (error: Error): void => events.threadDied?.(error);
  const pool = startThreads(threads, onDeath);
  /** Started for the first attribution: most servers are never asked for one. */
  let explainers: InferencePool | undefined;
  const runOnExplainer = (message: BatchMessage): Promise<BatchReply> => {
    explainers ??= startThreads(explaining.atOnce, onDeath, LOW);
    const { model } = message;
    return explainers.run(model === undefined ? message : { ...message, model: { ...model, providers: ofExplainers } });
  };
  const ofExplainers = providers.filter((provider) => provider !== NOT_BESIDE_OTHERS);
  const here = createInference(openForward);
  const running = { runOnThread: pool.run, runHere: here.run, runOnExplainer };
  const lanes = createLanes({ threads, batch, events, explainers: explaining, ...running });
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
        ask: lane === lanes.onEventLoop ? ask : { ...ask, input: forThread(ask.input) },
        resolve,
        reject,
      });
    });

  return {
    open: createOpener({ threads, providers, inlineJobs, lanes, submit, inWork, limits: explaining }),
    queueDepth: lanes.queueDepth,
    async close() {
      await lanes.idle();
      await Promise.all([pool.close(), explainers?.close(), here.close()]);
    },
  };
}
