import { SennError } from '../../core/errors.ts';
import type { JobFailure, JobState, JobStatus } from './queue.ts';

/** A job in the memory of this process: what is told of it, and what only its queue knows. */
export interface Entry {
  readonly id: string;
  readonly kind: string;
  readonly payload: unknown;
  /** The payload as JSON, to compare it with that of another job under the same key. */
  readonly text: string;
  readonly key: string | undefined;
  readonly createdAt: number;
  readonly abort: AbortController;
  state: JobState;
  startedAt?: number;
  endedAt?: number;
  progress?: JobStatus['progress'];
  failure?: JobFailure;
  result?: unknown;
  /** Counts the changes, so that a reader knows whether there was one since it last looked. */
  version: number;
  /** Called at the next change. */
  readonly listeners: Set<() => void>;
}

const final: ReadonlySet<JobState> = new Set(['done', 'failed', 'cancelled']);

export const hasEnded = ({ state }: Pick<Entry, 'state'>): boolean => final.has(state);

/** A copy: what was told does not change. */
export function statusOf({ id, kind, state, createdAt, startedAt, endedAt, progress, failure }: Entry): JobStatus {
  return {
    id,
    kind,
    state,
    createdAt,
    ...(startedAt !== undefined && { startedAt }),
    ...(endedAt !== undefined && { endedAt }),
    ...(progress !== undefined && { progress }),
    ...(failure !== undefined && { failure }),
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
