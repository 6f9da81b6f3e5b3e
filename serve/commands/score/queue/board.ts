import { type JobsOptions, Queue, QueueEvents } from 'bullmq';
import { shortened } from '../../../../core/errors.ts';
import { type BlobStore, keepBlobs } from './blobs.ts';
import { type Connected, PREFIX, queueName } from './connect.ts';
import { CLOSING, later } from './later.ts';
import type { Board } from './queue-runner.ts';
import { LONGEST_REPLY } from './reply.ts';
import type { WireTask } from './task.ts';

/** The batches that are out, in BullMQ over Redis or Valkey. */

/** Seconds that a result waits for whoever asked, and that a batch nobody could score is kept. */
export const RESULT_SECONDS = 3600;

/** Where a worker leaves what came of a batch: BullMQ would copy it into its stream of events, which is long. */
export const resultKey = (id: string): string => `${PREFIX}:result:${id}`;

const options = {
  attempts: 8, // 1 + 2 + … + 64 s: two minutes
  backoff: { type: 'exponential', delay: 1000 },
  removeOnComplete: true,
  removeOnFail: { age: RESULT_SECONDS, count: 1000 },
  keepLogs: 0,
  stackTraceLimit: 1,
} satisfies JobsOptions;

export function openBoard({ client, close }: Connected, onError: (error: Error) => void): Board {
  const shared = { connection: client, prefix: PREFIX };
  const queue = new Queue<WireTask>(queueName(), { ...shared, streams: { events: { maxLen: 1000 } } });
  const events = new QueueEvents(queueName(), shared);
  queue.on('error', onError);
  events.on('error', onError);
  const store: BlobStore = client;
  return {
    async add(id, task) {
      await queue.add('batch', task, { ...options, jobId: id });
    },
    async stateOf(id) {
      const job = await queue.getJob(id);
      if (job === undefined) return { kind: 'gone' };
      const state = await job.getState();
      if (state === 'failed') return { kind: 'failed', reason: shortened(job.failedReason ?? 'no reason', 1000) };
      return { kind: state === 'completed' || state === 'unknown' ? 'gone' : 'there' };
    },
    async result(id) {
      if ((await client.strlen(resultKey(id))) > LONGEST_REPLY) return '';
      return (await client.get(resultKey(id))) ?? undefined;
    },
    async forget(id) {
      await queue.remove(id);
      await client.unlink(resultKey(id));
    },
    keep: (blobs) => keepBlobs(store, blobs),
    workers: () => queue.getWorkersCount(),
    onSettled(listener) {
      events.on('completed', ({ jobId }) => listener(jobId));
      events.on('failed', ({ jobId }) => listener(jobId));
    },
    async close() {
      await Promise.race([Promise.allSettled([events.close(), queue.close()]), later(CLOSING)]);
      close();
    },
  };
}
