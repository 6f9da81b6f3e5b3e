import { fromMessage } from '../error-message.ts';
import type { JobTimings, ServedModel } from '../served-model.ts';
import type { Job } from './job.ts';
import type { AskResult, BatchResult } from './messages.ts';

/** Hands the results of a batch out to its jobs. */

/** What an engine tells whoever counts. */
export interface EngineEvents {
  jobDone?(model: ServedModel, timings: JobTimings): void;
  /** @param size inputs of the batch */
  batchDone?(model: ServedModel, size: number): void;
  threadDied?(error: Error): void;
}

/**
 * Each job gets its result, or the error that is its own; a batch that failed as a whole fails all of them.
 * @param jobs of one model, as they were sent
 * @param sent when, in milliseconds of `performance.now()`
 */
export function settle(jobs: readonly Job[], sent: number, result: BatchResult, events: EngineEvents): void {
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
}

export function rejectAll(jobs: readonly Job[], error: Error): void {
  for (const { reject } of jobs) reject(error);
}
