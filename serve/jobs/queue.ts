import { z } from 'zod';
import { errorCodeNames } from '../../core/errors.ts';

/**
 * The contract of a job queue: work that takes longer than a request may. One queue runs its jobs in this process
 * (embedded.ts), and keeps them in a store where it has one; one over Redis can stand in its place, so a payload and a
 * result are JSON, every answer is a promise, and a handler must bear to run twice: a queue that outlives its processes
 * runs a job again where the first run was lost. Ids cannot be guessed: where nobody needs a key, whoever has a job's id
 * may read and cancel it.
 */

/** A job waits, runs, and ends in one of three ways. An ended job never changes again. */
export const jobStates = ['waiting', 'running', 'done', 'failed', 'cancelled'] as const;
export type JobState = (typeof jobStates)[number];

export const hasEnded = ({ state }: { readonly state: JobState }): boolean =>
  state !== 'waiting' && state !== 'running';

/** How far a job is, in units of its own, as inputs scored. */
export interface JobProgress {
  /** What is counted now, as `inputs` or the name of a metric. */
  readonly stage?: string;
  readonly done: number;
  readonly total: number;
}

/** Why a job failed. Of an error that nobody foresaw it says no more than `internal`. */
export const jobFailureSchema = z.strictObject({
  code: z.enum(errorCodeNames),
  message: z.string(),
  details: z.record(z.string(), z.unknown()),
});
export type JobFailure = Readonly<z.output<typeof jobFailureSchema>>;

export type JobAbout = Readonly<Record<string, string | number>>;

/** A job as it stands, without its payload and its result, which may be large. Times are milliseconds since 1970. */
export interface JobStatus {
  readonly id: string;
  readonly kind: string;
  readonly state: JobState;
  /** Whose it is, where jobs have owners. */
  readonly owner?: string;
  /** What is told of it in few words, as the model that it is for. */
  readonly about?: JobAbout;
  readonly createdAt: number;
  readonly startedAt?: number;
  readonly endedAt?: number;
  readonly progress?: JobProgress;
  /** Of a failed job. */
  readonly failure?: JobFailure;
}

export interface JobContext {
  /** Of the job. */
  readonly id: string;
  /** Aborts when the job is cancelled: the handler ends as soon as it can, by whatever it throws or returns. */
  readonly signal: AbortSignal;
  progress(done: number, total: number, stage?: string): void;
}

/** What runs the jobs of one kind. */
export interface JobHandler<Schema extends z.ZodType = z.ZodType, Result = unknown> {
  /** Payloads are parsed when they are enqueued, and wherever they come from a store that others can write. */
  readonly payload: Schema;
  /** @throws what the job fails with */
  run(payload: z.output<Schema>, context: JobContext): Promise<Result>;
}

/** One row a kind: `{ score: jobHandler(…) } satisfies Record<JobKind, JobHandler>`. */
export type JobHandlers = Readonly<Record<string, JobHandler>>;

/** A row of the table; `run` gets the payload's type from the schema. */
export const jobHandler = <Schema extends z.ZodType, Result>(
  handler: JobHandler<Schema, Result>,
): JobHandler<Schema, Result> => handler;

export interface EnqueueOptions {
  /**
   * A second job under the same key is the first one, as long as that is remembered. Whoever enqueues for several
   * clients puts the client into the key.
   */
  readonly idempotencyKey?: string | undefined;
  readonly owner?: string | undefined;
  readonly about?: JobAbout;
  /** Called with the id of a job that is new, before it may run; where it throws, there is no job. */
  readonly prepare?: (id: string) => void;
}

export interface JobQueue<Handlers extends JobHandlers> {
  /**
   * @returns the id of the job: of the first one where the key is known
   * @throws invalid_request where the payload is not of the kind's schema; conflict where the key stands for another
   *   job; unavailable where too many wait, or the queue is closing
   */
  enqueue<Kind extends keyof Handlers & string>(
    kind: Kind,
    payload: z.input<Handlers[Kind]['payload']>,
    options?: EnqueueOptions,
  ): Promise<string>;
  /** @throws not_found */
  status(id: string): Promise<JobStatus>;
  /** What the handler gave; `undefined` unless the job is done. @throws not_found */
  result(id: string): Promise<unknown>;
  /** Every job that is remembered, the newest first. */
  list(): Promise<readonly JobStatus[]>;
  /**
   * A job that waits is cancelled at once; one that runs when its handler has ended, whatever it gave. An ended one
   * stays as it is. @throws not_found
   */
  cancel(id: string): Promise<void>;
  /** Forgets an ended job; one that has not ended stays. @throws not_found */
  remove(id: string): Promise<void>;
  /**
   * The job as it stands, then each change; it ends after the state that the job ends in, when `signal` aborts, or when
   * a queue with a store closes. A slow reader gets the latest status and misses those in between, so nothing piles up. @throws not_found at the first
   * step
   */
  events(id: string, signal?: AbortSignal): AsyncIterable<JobStatus>;
  /**
   * Takes no more, and resolves when what runs here has ended. A queue without a store loses its jobs: what waits is
   * cancelled, and once `signal` aborts, what still runs. With a store, what runs is broken off at once, waits again, and
   * goes on when the queue is opened next.
   */
  close(signal?: AbortSignal): Promise<void>;
}
