import { z } from 'zod';
import { createEmbeddedQueue, type EmbeddedQueueOptions } from '../../../serve/jobs/embedded.ts';
import {
  type JobContext,
  type JobHandlers,
  type JobQueue,
  type JobStatus,
  jobHandler,
} from '../../../serve/jobs/queue.ts';

/** A queue whose jobs end when the test says so, on a clock of the test's. */

type Kind = 'held' | 'counted';

/** A job that runs until the test ends it. */
export interface Held {
  readonly name: string;
  readonly context: JobContext;
  finish(result?: unknown): void;
  fail(error: unknown): void;
}

export function testQueue(options: Partial<EmbeddedQueueOptions> = {}) {
  /** In the order in which they began. */
  const started: Held[] = [];
  const clock = { now: 1000 };
  let ids = 0;
  const handlers = {
    held: jobHandler({
      payload: z.strictObject({ name: z.string() }),
      run: ({ name }, context) =>
        new Promise((resolve, reject) => {
          started.push({ name, context, finish: resolve, fail: reject });
        }),
    }),
    counted: jobHandler({
      payload: z.strictObject({ from: z.int(), to: z.int().default(3) }),
      run: async ({ from, to }, { progress }) => {
        for (let i = from; i < to; i++) progress(i + 1 - from, to - from);
        return to - from;
      },
    }),
  } satisfies Record<Kind, JobHandlers[string]>;
  const queue = createEmbeddedQueue(handlers, {
    concurrency: 1,
    maxWaiting: 4,
    maxFinished: 100,
    ttlMs: 60_000,
    now: () => clock.now,
    newId: () => `job-${++ids}`,
    ...options,
  });
  return { queue, started, clock, held: (name: string) => queue.enqueue('held', { name }) };
}

/** Lets everything run that needs no more than promises. */
export const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Every event of a job, until there are no more. */
export async function eventsOf(queue: Pick<JobQueue<JobHandlers>, 'events'>, id: string): Promise<JobStatus[]> {
  const events: JobStatus[] = [];
  for await (const event of queue.events(id)) events.push(event);
  return events;
}
