import { SennError } from '../../core/errors.ts';
import type { JobAbout, JobFailure, JobState, JobStatus } from './queue.ts';
import type { JobRecord } from './store.ts';

/** A job in the memory of this process: what is told of it, and what only its queue knows. */
export interface Entry {
  readonly id: string;
  readonly kind: string;
  readonly payload: unknown;
  /** The payload as JSON, to compare it with that of another job under the same key. */
  readonly text: string;
  readonly key: string | undefined;
  readonly owner: string | undefined;
  readonly about: JobAbout | undefined;
  readonly createdAt: number;
  readonly abort: AbortController;
  /** How often it has begun to run. */
  attempts: number;
  state: JobState;
  startedAt?: number;
  endedAt?: number;
  progress?: JobStatus['progress'];
  failure?: JobFailure;
  result?: unknown;
  /** That what is left of it takes, of an ended one. */
  keptBytes?: number;
  /** Counts the changes, so that a reader knows whether there was one since it last looked. */
  version: number;
  /** Called at the next change. */
  readonly listeners: Set<() => void>;
}

/** A copy: what was told does not change. */
export function statusOf(entry: Entry): JobStatus {
  const { id, kind, state, owner, about, createdAt, startedAt, endedAt, progress, failure } = entry;
  return {
    id,
    kind,
    state,
    ...(owner !== undefined && { owner }),
    ...(about !== undefined && { about }),
    createdAt,
    ...(startedAt !== undefined && { startedAt }),
    ...(endedAt !== undefined && { endedAt }),
    ...(progress !== undefined && { progress }),
    ...(failure !== undefined && { failure }),
  };
}

/** What a store keeps of it. */
export function recordOf(entry: Entry): JobRecord {
  const { progress: _, ...status } = statusOf(entry);
  const { payload, key, attempts, result } = entry;
  return {
    ...status,
    payload,
    attempts,
    ...(key !== undefined && { key }),
    ...(result !== undefined && { result }),
  };
}

/** A job out of a store. Where it ran when its process ended, it waits. */
export function entryOf({ state, startedAt, ...record }: JobRecord): Entry {
  const runs = state === 'running';
  return {
    key: undefined,
    owner: undefined,
    about: undefined,
    ...record,
    text: JSON.stringify(record.payload),
    ...(startedAt !== undefined && !runs && { startedAt }),
    state: runs ? 'waiting' : state,
    abort: new AbortController(),
    version: 0,
    listeners: new Set(),
  };
}

/** What an error may tell whoever reads the job: one that nobody foresaw may hold a secret of the server. */
export function failureOf(error: unknown): JobFailure {
  if (error instanceof SennError) return { code: error.code, message: error.message, details: error.details };
  return { code: 'internal', message: 'the job failed; the log of the server has the reason', details: {} };
}

/** Makes a change known to all who wait for one. */
export function change(entry: Entry, changes: Partial<Entry>): void {
  Object.assign(entry, changes);
  entry.version += 1;
  for (const wake of entry.listeners) wake();
}

/** Resolves at the next change, or when `signal` aborts. */
export function changed({ listeners }: Entry, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    const wake = (): void => {
      listeners.delete(wake);
      signal?.removeEventListener('abort', wake);
      resolve();
    };
    listeners.add(wake);
    signal?.addEventListener('abort', wake, { once: true });
  });
}
