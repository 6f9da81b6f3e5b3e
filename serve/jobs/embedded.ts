import { randomUUID } from 'node:crypto';
import { fromZodError, SennError } from '../../core/errors.ts';
import { change, changed, type Entry, entryOf, failureOf, recordOf, statusOf } from './entry.ts';
import { hasEnded, type JobHandler, type JobHandlers, type JobQueue, type JobStatus } from './queue.ts';
import type { JobStore } from './store.ts';

/**
 * A job queue in this process, which runs the jobs itself. Without a store they end with the process; with one they go on
 * when the queue is opened again.
 */

export interface EmbeddedQueueOptions {
  /** Jobs that run at a time. */
  readonly concurrency: number;
  /** Jobs that wait at most; one more is refused. */
  readonly maxWaiting: number;
  /** Of one owner, jobs that wait or run at most. */
  readonly maxOfOwner?: number;
  /** Ended jobs that are remembered at most; the oldest is forgotten for the newest. */
  readonly maxFinished: number;
  /** Bytes of ended jobs that are kept at most, as `sizeOf` tells them; the last one is kept whatever it takes. */
  readonly maxFinishedBytes?: number;
  readonly sizeOf?: (id: string) => number;
  /** Milliseconds for which an ended job, its result and its idempotency key are remembered. */
  readonly ttlMs: number;
  /** Milliseconds since 1970. */
  readonly now?: () => number;
  /** Must not be guessable. */
  readonly newId?: () => string;
  /** Told of every error that a job failed with; the job itself tells only those that are ours. */
  readonly onFailure?: (job: JobStatus, error: unknown) => void;
  /** Told of every job that has ended, however. */
  readonly onEnd?: (job: JobStatus) => void;
  readonly store?: JobStore;
}

/** Why a job aborts that is not cancelled. */
const BROKEN_OFF = 'the queue closes';

/** Times that a job begins at most: one that ends its process each time must not do so for ever. */
const MOST_ATTEMPTS = 5;

/** @param handlers the table of kinds: what runs a job, and what its payload must be */
export function createEmbeddedQueue<Handlers extends JobHandlers>(
  handlers: Handlers,
  options: EmbeddedQueueOptions,
): JobQueue<Handlers> {
  const { concurrency, maxWaiting, maxOfOwner = Number.POSITIVE_INFINITY, maxFinished, ttlMs } = options;
  const { maxFinishedBytes = Number.POSITIVE_INFINITY, sizeOf = () => 0 } = options;
  const { now = Date.now, newId = randomUUID, onFailure, onEnd, store } = options;
  /** In the order in which they came. */
  const entries = new Map<string, Entry>();
  const idByKey = new Map<string, string>();
  const waiting = new Set<Entry>();
  /** What runs, with the promise of its end. */
  const running = new Map<Entry, Promise<void>>();
  /** In the order in which they ended. */
  const finished = new Set<Entry>();
  const closing = new AbortController();

  /** @throws invalid_request */
  const handlerOf = (kind: string): JobHandler => {
    if (Object.hasOwn(handlers, kind)) return handlers[kind] as JobHandler;
    const choices = Object.keys(handlers);
    throw new SennError('invalid_request', `jobs: unknown kind "${kind}"; choose ${choices.join(', ')}`, { choices });
  };

  const forget = (entry: Entry): void => {
    finished.delete(entry);
    entries.delete(entry.id);
    if (entry.key !== undefined) idByKey.delete(entry.key);
    store?.remove(entry.id);
  };

  const forgetOld = (): void => {
    let bytes = [...finished].reduce((sum, { keptBytes = 0 }) => sum + keptBytes, 0);
    for (const entry of finished) {
      const isOld = (entry.endedAt as number) + ttlMs <= now();
      const fit = finished.size <= maxFinished && (bytes <= maxFinishedBytes || finished.size === 1);
      if (!isOld && fit) return;
      bytes -= entry.keptBytes ?? 0;
      forget(entry);
    }
  };

  const found = (id: string): Entry => {
    forgetOld();
    const entry = entries.get(id);
    if (entry === undefined) throw new SennError('not_found', `jobs: no job "${id.slice(0, 100)}"`, {});
    return entry;
  };

  const end = (entry: Entry, changes: Pick<Entry, 'state'> & Partial<Entry>): void => {
    change(entry, { ...changes, endedAt: now(), keptBytes: sizeOf(entry.id) });
    store?.save(recordOf(entry));
    finished.add(entry);
    onEnd?.(statusOf(entry));
    forgetOld();
  };

  /** Broken off because the queue closes: it goes on when the queue is opened next. */
  const putBack = (entry: Entry): void => {
    change(entry, { state: 'waiting', attempts: entry.attempts - 1 });
    store?.save(recordOf(entry));
  };

  const run = async (entry: Entry): Promise<void> => {
    const { signal } = entry.abort;
    const progress = (done: number, total: number, stage?: string): void => {
      if (!hasEnded(entry)) change(entry, { progress: { ...(stage !== undefined && { stage }), done, total } });
    };
    change(entry, { state: 'running', startedAt: now(), attempts: entry.attempts + 1 });
    store?.save(recordOf(entry));
    const aborted = (): void => (signal.reason === BROKEN_OFF ? putBack(entry) : end(entry, { state: 'cancelled' }));
    try {
      const result = await handlerOf(entry.kind).run(entry.payload, { id: entry.id, signal, progress });
      if (signal.aborted) aborted();
      else end(entry, { state: 'done', result });
    } catch (error) {
      if (signal.aborted) {
        aborted();
        return;
      }
      end(entry, { state: 'failed', failure: failureOf(error) });
      onFailure?.(statusOf(entry), error);
    }
  };

  const pump = (): void => {
    for (const entry of waiting) {
      if (running.size >= concurrency || (store !== undefined && closing.signal.aborted)) return;
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
    throw new SennError('conflict', 'jobs: the idempotency key stands for a job of another kind or payload', {});
  };

  const checkRoom = (owner: string | undefined): void => {
    if (closing.signal.aborted) throw new SennError('unavailable', 'jobs: the queue is closing');
    const isOwn = (entry: Entry): boolean => owner !== undefined && entry.owner === owner;
    const own = [...waiting, ...running.keys()].filter(isOwn).length;
    if (waiting.size < maxWaiting && own < maxOfOwner) return;
    const rule =
      own < maxOfOwner
        ? `${waiting.size} jobs wait already; at most ${maxWaiting} may`
        : `${own} jobs of yours wait or run already; at most ${maxOfOwner} may`;
    throw new SennError('unavailable', `jobs: ${rule}`, { waiting: waiting.size, maxWaiting, own, maxOfOwner });
  };

  const add = (entry: Entry): void => {
    entries.set(entry.id, entry);
    if (entry.key !== undefined) idByKey.set(entry.key, entry.id);
    if (!hasEnded(entry)) waiting.add(entry);
  };

  const byEnd = ({ endedAt = Number.POSITIVE_INFINITY }: Entry): number => endedAt;
  const stored = (store?.load() ?? []).map(entryOf).sort((a, b) => a.createdAt - b.createdAt);
  for (const entry of stored) add(entry);
  for (const entry of stored.filter(hasEnded).sort((a, b) => byEnd(a) - byEnd(b))) {
    finished.add(Object.assign(entry, { keptBytes: sizeOf(entry.id) }));
  }
  for (const entry of [...waiting].filter(({ attempts }) => attempts >= MOST_ATTEMPTS)) {
    waiting.delete(entry);
    const message = `the job has begun ${entry.attempts} times, and the server has ended each time`;
    end(entry, { state: 'failed', failure: { code: 'internal', message, details: {} } });
  }
  setImmediate(pump); // whoever opens the queue may still make ready what its handlers need

  return {
    async enqueue(kind, payload, { idempotencyKey: key, owner, about, prepare } = {}) {
      const parsed = handlerOf(kind).payload.safeParse(payload);
      if (!parsed.success) throw fromZodError('invalid_request', `jobs: payload of "${kind}"`, parsed.error);
      const text = JSON.stringify(parsed.data);
      forgetOld();
      const first = key === undefined ? undefined : known(key, kind, text);
      if (first !== undefined) return first;
      checkRoom(owner);
      const id = newId();
      const entry: Entry = {
        id,
        kind,
        payload: parsed.data,
        text,
        key,
        owner,
        about,
        createdAt: now(),
        abort: new AbortController(),
        attempts: 0,
        state: 'waiting',
        version: 0,
        listeners: new Set(),
      };
      prepare?.(id);
      store?.save(recordOf(entry));
      add(entry);
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
    async remove(id) {
      const entry = found(id);
      if (hasEnded(entry)) forget(entry);
    },
    async *events(id, signal) {
      const entry = found(id);
      // with a store the job goes on after this process, without one it ends in it
      const over = store === undefined ? signal : AbortSignal.any([...(signal ? [signal] : []), closing.signal]);
      let told = -1;
      while (over?.aborted !== true) {
        if (told !== entry.version) {
          told = entry.version;
          yield statusOf(entry);
          continue;
        }
        if (hasEnded(entry)) return;
        await changed(entry, over);
      }
    },
    async close(signal) {
      const abort = (reason?: string): void => {
        for (const entry of running.keys()) entry.abort.abort(reason);
      };
      if (store === undefined) for (const entry of waiting) cancel(entry);
      closing.abort();
      if (store !== undefined) abort(BROKEN_OFF);
      const cut = (): void => abort();
      if (signal?.aborted) cut();
      signal?.addEventListener('abort', cut, { once: true });
      await Promise.all(running.values());
      signal?.removeEventListener('abort', cut);
    },
  };
}
