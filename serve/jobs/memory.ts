import { randomUUID } from 'node:crypto';
import { fromZodError, SennError } from '../../core/errors.ts';
import { change, changed, type Entry, failureOf, hasEnded, statusOf } from './entry.ts';
import type { JobHandler, JobHandlers, JobQueue, JobStatus } from './queue.ts';

/** A job queue in the memory of this process: it runs the jobs itself, and they end with the process. */

export interface MemoryQueueOptions {
  /** Jobs that run at a time. */
  readonly concurrency: number;
  /** Jobs that wait at most; one more is refused. */
  readonly maxWaiting: number;
  /** Ended jobs that are remembered at most; the oldest is forgotten for the newest. */
  readonly maxFinished: number;
  /** Milliseconds for which an ended job, its result and its idempotency key are remembered. */
  readonly ttlMs: number;
  /** Milliseconds since 1970. */
  readonly now?: () => number;
  /** Must not be guessable. */
  readonly newId?: () => string;
  /** Told of every error that a job failed with; the job itself tells only those that are ours. */
  readonly onFailure?: (job: JobStatus, error: unknown) => void;
}

/** @param handlers the table of kinds: what runs a job, and what its payload must be */
export function createMemoryQueue<Handlers extends JobHandlers>(
  handlers: Handlers,
  { concurrency, maxWaiting, maxFinished, ttlMs, now = Date.now, newId = randomUUID, onFailure }: MemoryQueueOptions,
): JobQueue<Handlers> {
  /** In the order in which they came. */
  const entries = new Map<string, Entry>();
  const idByKey = new Map<string, string>();
  const waiting = new Set<Entry>();
  /** What runs, with the promise of its end. */
  const running = new Map<Entry, Promise<void>>();
  /** In the order in which they ended. */
  const finished = new Set<Entry>();
  let closing = false;

  /** @throws invalid_request */
  const handlerOf = (kind: string): JobHandler => {
    if (Object.hasOwn(handlers, kind)) return handlers[kind] as JobHandler;
    const choices = Object.keys(handlers);
    throw new SennError('invalid_request', `jobs: unknown kind "${kind}"; choose ${choices.join(', ')}`, { choices });
  };

  const forgetOld = (): void => {
    for (const entry of finished) {
      const isOld = (entry.endedAt as number) + ttlMs <= now();
      if (!isOld && finished.size <= maxFinished) return;
      finished.delete(entry);
      entries.delete(entry.id);
      if (entry.key !== undefined) idByKey.delete(entry.key);
    }
  };

  const found = (id: string): Entry => {
    forgetOld();
    const entry = entries.get(id);
    if (entry === undefined) throw new SennError('not_found', `jobs: no job "${id.slice(0, 100)}"`, {});
    return entry;
  };

  const end = (entry: Entry, changes: Pick<Entry, 'state'> & Partial<Entry>): void => {
    change(entry, { ...changes, endedAt: now() });
    finished.add(entry);
    forgetOld();
  };

  const run = async (entry: Entry): Promise<void> => {
    const { signal } = entry.abort;
    const progress = (done: number, total: number): void => {
      if (!hasEnded(entry)) change(entry, { progress: { done, total } });
    };
    change(entry, { state: 'running', startedAt: now() });
    try {
      const result = await handlerOf(entry.kind).run(entry.payload, { signal, progress });
      end(entry, signal.aborted ? { state: 'cancelled' } : { state: 'done', result });
    } catch (error) {
      if (signal.aborted) {
        end(entry, { state: 'cancelled' });
        return;
      }
      end(entry, { state: 'failed', failure: failureOf(error) });
      onFailure?.(statusOf(entry), error);
    }
  };

  const pump = (): void => {
    for (const entry of waiting) {
      if (running.size >= concurrency) return;
      waiting.delete(entry);
      const ended = run(entry).finally(() => {
        running.delete(entry);
        pump();
      });
      running.set(entry, ended);
    }
  };

  const cancel = (entry: Entry): void => {
    if (hasEnded(entry)) return;
    if (waiting.delete(entry)) end(entry, { state: 'cancelled' });
    else entry.abort.abort();
  };

  /** @returns the id of the job that the key stands for @throws invalid_request where that is another */
  const known = (key: string, kind: string, text: string): string | undefined => {
    const id = idByKey.get(key);
    const entry = id === undefined ? undefined : entries.get(id);
    if (entry === undefined) return undefined;
    if (entry.kind === kind && entry.text === text) return id;
    throw new SennError('invalid_request', 'jobs: the idempotency key stands for a job of another kind or payload');
  };

  return {
    async enqueue(kind, payload, { idempotencyKey: key } = {}) {
      const parsed = handlerOf(kind).payload.safeParse(payload);
      if (!parsed.success) throw fromZodError('invalid_request', `jobs: payload of "${kind}"`, parsed.error);
      const text = JSON.stringify(parsed.data);
      forgetOld();
      const first = key === undefined ? undefined : known(key, kind, text);
      if (first !== undefined) return first;
      if (closing) throw new SennError('unavailable', 'jobs: the queue is closing');
      if (waiting.size >= maxWaiting) {
        throw new SennError('unavailable', `jobs: ${waiting.size} jobs wait already; at most ${maxWaiting} may`, {
          waiting: waiting.size,
          maxWaiting,
        });
      }
      const id = newId();
      const entry: Entry = {
        id,
        kind,
        payload: parsed.data,
        text,
        key,
        createdAt: now(),
        abort: new AbortController(),
        state: 'waiting',
        version: 0,
        listeners: new Set(),
      };
      entries.set(id, entry);
      if (key !== undefined) idByKey.set(key, id);
      waiting.add(entry);
      setImmediate(pump); // whoever enqueues knows the id before the job runs
      return id;
    },
    status: async (id) => statusOf(found(id)),
    result: async (id) => found(id).result,
    async list() {
      forgetOld();
      return [...entries.values()].reverse().map(statusOf);
    },
    cancel: async (id) => cancel(found(id)),
    async *events(id, signal) {
      const entry = found(id);
      let told = -1;
      while (signal?.aborted !== true) {
        if (told !== entry.version) {
          told = entry.version;
          yield statusOf(entry);
          continue;
        }
        if (hasEnded(entry)) return;
        await changed(entry, signal);
      }
    },
    async close(signal) {
      closing = true;
      for (const entry of waiting) cancel(entry);
      const abort = (): void => {
        for (const entry of running.keys()) entry.abort.abort();
      };
      if (signal?.aborted) abort();
      signal?.addEventListener('abort', abort, { once: true });
      await Promise.all(running.values());
      signal?.removeEventListener('abort', abort);
    },
  };
}
