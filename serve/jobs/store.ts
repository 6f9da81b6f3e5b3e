import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Logger } from 'pino';
import { z } from 'zod';
import { SennError } from '../../core/errors.ts';
import { type JobStatus, jobFailureSchema, jobStates } from './queue.ts';

/**
 * Where an embedded queue keeps its jobs, so that they survive the process. The store in a folder has a folder a job, by
 * its id, with `job.json` in it; what else lies there is the handler's.
 */

/** All that is kept of a job. */
export interface JobRecord extends Omit<JobStatus, 'progress'> {
  readonly payload: unknown;
  readonly key?: string;
  readonly attempts: number;
  readonly result?: unknown;
}

/** Called by one queue, one call after the other; what `save` returned from survives the end of the process. */
export interface JobStore {
  /** In no order. */
  load(): readonly JobRecord[];
  save(record: JobRecord): void;
  remove(id: string): void;
}

const recordSchema: z.ZodType<JobRecord> = z.strictObject({
  id: z.string().regex(/^[\w-]+$/),
  kind: z.string(),
  state: z.enum(jobStates),
  owner: z.string().exactOptional(),
  about: z.record(z.string(), z.union([z.string(), z.number()])).exactOptional(),
  createdAt: z.number(),
  startedAt: z.number().exactOptional(),
  endedAt: z.number().exactOptional(),
  failure: jobFailureSchema.exactOptional(),
  payload: z.unknown(),
  key: z.string().exactOptional(),
  attempts: z.int(),
  result: z.unknown().optional(),
});

const FILE = 'job.json';

/** Makes the folder where it is not there. @throws invalid_config where it cannot be written */
export function makeJobsFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    writeFileSync(join(folder, '.writable'), '');
    rmSync(join(folder, '.writable'));
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    throw new SennError('invalid_config', `jobs: "${folder}" cannot be written (${code})`, { path: folder }, cause);
  }
}

/**
 * A store in a folder that is there. A folder without a job in it is what a process left that
 * ended in the midst of making or removing one, and goes; a file that is no job is told of and left alone.
 */
export function openFolderStore(folder: string, logger: Pick<Logger, 'warn'>): JobStore {
  const read = (id: string): JobRecord | undefined => {
    let text: string;
    try {
      text = readFileSync(join(folder, id, FILE), 'utf8');
    } catch {
      if (/^[\da-f]{8}-[\da-f-]{27}$/.test(id)) rmSync(join(folder, id), { recursive: true, force: true });
      return undefined;
    }
    try {
      const record = recordSchema.parse(JSON.parse(text));
      if (record.id === id) return record;
    } catch {} // told below
    logger.warn({ id }, 'a folder of the jobs holds no job');
    return undefined;
  };

  return {
    load: () =>
      readdirSync(folder, { withFileTypes: true })
        .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'))
        .map(({ name }) => read(name))
        .filter((record) => record !== undefined),
    save(record) {
      const path = join(folder, record.id, FILE);
      mkdirSync(join(folder, record.id), { recursive: true });
      writeFileSync(`${path}.tmp`, JSON.stringify(record));
      renameSync(`${path}.tmp`, path);
    },
    remove(id) {
      rmSync(join(folder, id, FILE), { force: true }); // from here on it is no job, whatever of the folder is left
      rm(join(folder, id), { recursive: true, force: true }).catch((error: unknown) =>
        logger.warn({ id, err: error }, 'the folder of a job cannot be removed'),
      );
    },
  };
}
