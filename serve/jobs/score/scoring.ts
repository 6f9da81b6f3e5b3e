import { randomUUID } from 'node:crypto';
import { readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Logger } from 'pino';
import { SennError } from '../../../core/errors.ts';
import { limitConcurrency } from '../../concurrency-limit.ts';
import type { JobsConfig } from '../../config/jobs.ts';
import { createEmbeddedQueue } from '../embedded.ts';
import { lockFolder } from '../lock.ts';
import { hasEnded, type JobHandlers, type JobQueue, type JobState, jobHandler } from '../queue.ts';
import { makeJobsFolder, openFolderStore } from '../store.ts';
import { MODEL, REPORT, runScore } from './child.ts';
import { argumentsOf, inputNames, type ScorePayload, scorePayloadSchema } from './payload.ts';
import { openSets, SETS, type Sets } from './sets.ts';

/**
 * Scoring for a server: small sets at once, larger ones as jobs where the server keeps them. A request is received into a
 * staging folder (its input, and a copy of the model as it is served), which becomes the job's by one renaming.
 */

type JobKind = 'score';
type Handlers = ReturnType<typeof handlersOf>;
export type ScoreQueue = JobQueue<Handlers>;

/** The files of a model as it is served, by their names. */
interface ModelFiles {
  readonly files: ReadonlyMap<string, Uint8Array>;
}

/** Where a request is received. */
export interface Staging {
  readonly folder: string;
  /** Removes the folder, unless it has become a job's. */
  discard(): Promise<void>;
}

export interface EnqueueScore {
  readonly payload: ScorePayload;
  readonly bytes: number;
  readonly owner: string | undefined;
  readonly idempotencyKey: string | undefined;
}

export interface Scoring {
  readonly config: JobsConfig;
  /** Where the server keeps jobs. */
  readonly queue: ScoreQueue | undefined;
  /** What clients may score by name. */
  readonly sets: Sets;
  /**
   * @param bytes that the request may have at most
   * @throws unavailable where uploads take all the room there is
   */
  stage(model: ModelFiles, bytes: number): Promise<Staging>;
  /** Scores what is staged, and resolves when its report is there. @throws unavailable, timeout, what scoring throws */
  now(staging: Staging, payload: ScorePayload, signal: AbortSignal): Promise<void>;
  /** @returns the id of the job, that of an earlier one where the key is known @throws as the queue, not_found */
  enqueue(staging: Staging, job: EnqueueScore): Promise<string>;
  /** The folder of a job's report. */
  reportOf(id: string): string;
  /** How many jobs there are in each state. */
  counts(): Promise<Readonly<Partial<Record<JobState, number>>>>;
  close(): Promise<void>;
}

export interface ScoringOptions {
  readonly config: JobsConfig;
  readonly logger: Logger;
  /** Milliseconds that a small set may take. */
  readonly answerTimeoutMs: number;
  /** What scores. */
  readonly score?: typeof runScore;
}

/** Small sets that wait for their turn, at most: each holds a request open. */
const MOST_SMALL = 8;

/** Milliseconds between looks for jobs that are to be forgotten. */
const LOOK_AGAIN = 10 * 60_000;

/** What `--data` says of a payload, in the folder of its job. @throws unknown_data_set where the set is named no more */
const dataOf = (payload: ScorePayload, folder: string, sets: Sets): string =>
  'set' in payload ? sets.dataIn(folder, payload.set) : payload.input;

interface Handling {
  readonly config: JobsConfig;
  readonly score: typeof runScore;
  readonly sets: Sets;
}

function handlersOf(root: string, { config: { threads, inputs: most, memoryBytes, timeMs }, score, sets }: Handling) {
  return {
    score: jobHandler({
      payload: scorePayloadSchema,
      run: async (payload, { id, signal, progress }) => {
        const priority = 'lowest';
        const folder = join(root, id);
        const args = argumentsOf(dataOf(payload, folder, sets), payload);
        await score({ folder, id, args, threads, most, memoryBytes, timeMs, priority, signal, progress });
      },
    }),
  } satisfies Record<JobKind, JobHandlers[string]>;
}

export const noJobs = (): SennError =>
  new SennError('not_found', 'jobs: this server keeps none; start it with --jobs-folder DIR', {});

/** Of the files of a folder that has no others in it; 0 where there is none. */
function bytesIn(folder: string): number {
  try {
    return readdirSync(folder).reduce((sum, name) => sum + statSync(join(folder, name)).size, 0);
  } catch {
    return 0;
  }
}

function openQueue(folder: string, { logger, ...handling }: Handling & Pick<ScoringOptions, 'logger'>): ScoreQueue {
  const { config } = handling;
  const { atOnce, waiting, perKey, kept, keptBytes, keptMs } = config;
  return createEmbeddedQueue(handlersOf(folder, handling), {
    concurrency: atOnce,
    maxWaiting: waiting,
    maxOfOwner: perKey,
    maxFinished: kept,
    maxFinishedBytes: keptBytes,
    sizeOf: (id) => bytesIn(join(folder, id, REPORT)),
    ttlMs: keptMs,
    store: openFolderStore(folder, logger),
    onFailure: ({ id }, error) => logger.warn({ job: id, err: error }, 'a scoring job has failed'),
    onEnd: ({ id, state }) => {
      logger.info({ job: id, state }, 'a scoring job has ended');
      // what is left of a job is its report
      for (const name of [MODEL, SETS, ...inputNames, ...(state === 'done' ? [] : [REPORT])]) {
        rm(join(folder, id, name), { recursive: true, force: true }).catch(() => undefined);
      }
    },
  });
}

/** @throws invalid_config where the folder of the jobs cannot be used, or another server has it */
export async function startScoring(options: ScoringOptions): Promise<Scoring> {
  const { config, logger, answerTimeoutMs, score = runScore } = options;
  const sets = openSets(config.sets);
  const folder = config.folder === undefined ? undefined : resolve(config.folder);
  const staging = folder === undefined ? join(tmpdir(), `senn-score-${randomUUID()}`) : join(folder, '.staging');
  if (folder !== undefined) makeJobsFolder(folder);
  let queue: ScoreQueue | undefined;
  const onLost = (): void => {
    logger.error({ folder }, 'another server has taken the folder of jobs over; this one runs none of them any more');
    queue?.close().catch(() => undefined);
  };
  const onWait = (rule: string): void => logger.warn(rule);
  const unlock = folder === undefined ? undefined : await lockFolder(folder, { onWait, onLost });
  queue = folder === undefined ? undefined : openQueue(folder, { config, logger, score, sets });
  rmSync(staging, { recursive: true, force: true }); // what a server that was killed was receiving
  const turn = limitConcurrency(1);
  let [small, staged] = [0, 0];
  const forgetting = setInterval(() => queue?.list().catch(() => undefined), LOOK_AGAIN).unref();

  /** Of jobs that have not ended. */
  const stored = async (): Promise<number> =>
    ((await queue?.list()) ?? [])
      .filter((job) => !hasEnded(job))
      .reduce((sum, { about }) => sum + Number(about?.['bytes'] ?? 0), 0);

  return {
    config,
    queue,
    sets,
    async stage({ files }, most) {
      const bytes = most + [...files.values()].reduce((sum, file) => sum + file.byteLength, 0);
      const taken = staged + (await stored());
      if (taken > 0 && taken + bytes > config.storedBytes) {
        const rule = `${taken} bytes of uploads are kept, and this may have ${bytes}; at most ${config.storedBytes} may be`;
        throw new SennError('unavailable', `jobs: ${rule}`, { taken, bytes, most: config.storedBytes });
      }
      staged += bytes;
      const path = join(staging, randomUUID());
      const discard = async (): Promise<void> => {
        staged -= bytes;
        await rm(path, { recursive: true, force: true });
      };
      try {
        await mkdir(join(path, MODEL), { recursive: true, mode: 0o700 });
        for (const [name, content] of files) await writeFile(join(path, MODEL, name), content);
      } catch (error) {
        await discard();
        throw error;
      }
      return { folder: path, discard };
    },
    async now({ folder: path }, payload, signal) {
      if (small >= MOST_SMALL) {
        throw new SennError('unavailable', `score: ${small} sets wait already; at most ${MOST_SMALL} may`, { small });
      }
      small += 1;
      try {
        await turn(async () => {
          signal.throwIfAborted();
          const args = argumentsOf(dataOf(payload, path, sets), payload);
          const { inputs: most, memoryBytes } = config;
          const fixed = { id: randomUUID(), threads: 1, priority: 'low' } as const;
          await score({ folder: path, ...fixed, args, most, memoryBytes, timeMs: answerTimeoutMs, signal });
        });
      } finally {
        small -= 1;
      }
    },
    async enqueue({ folder: path }, { payload, bytes, owner, idempotencyKey }) {
      if (queue === undefined || folder === undefined) throw noJobs();
      return queue.enqueue('score', payload, {
        idempotencyKey,
        owner,
        about: { model: payload.model, version: payload.version, bytes },
        prepare: (id) => renameSync(path, join(folder, id)),
      });
    },
    reportOf: (id) => join(folder ?? staging, id, REPORT),
    async counts() {
      const counts: Partial<Record<JobState, number>> = {};
      for (const { state } of (await queue?.list()) ?? []) counts[state] = (counts[state] ?? 0) + 1;
      return counts;
    },
    async close() {
      clearInterval(forgetting);
      await queue?.close();
      unlock?.();
      if (folder === undefined) await rm(staging, { recursive: true, force: true });
    },
  };
}
