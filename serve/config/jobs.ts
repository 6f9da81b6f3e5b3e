import { z } from 'zod';
import { namedSets, text, whole } from './leaves.ts';

/** The options of scoring over HTTP: where jobs are kept, and how much of everything they may take. */

const MIB = 1024 ** 2;
const GIB = 1024 ** 3;
const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

export const jobsSchema = z.strictObject({
  folder: text('a folder')
    .optional()
    .describe(
      'folder in which jobs are kept, over restarts too, made where it is not there; without it there are none',
    ),
  atOnce: whole(1, 64).default(1).describe('scoring jobs that run at a time, each in a process of low priority'),
  threads: whole(1, 64).default(1).describe('threads of a scoring job'),
  waiting: whole(1, 10_000).default(100).describe('jobs that wait; one more is refused'),
  perKey: whole(1, 10_000).default(20).describe('jobs of one API key that wait or run; one more is refused'),
  kept: whole(1, 100_000).default(200).describe('ended jobs that are kept; the oldest goes for the newest'),
  keptBytes: whole(1024, 1024 * GIB, 'bytes')
    .default(2 * GIB)
    .describe('bytes of the reports of ended jobs that are kept; the oldest go for the newest'),
  keptMs: whole(MINUTE, 3650 * DAY, 'milliseconds')
    .default(7 * DAY)
    .describe('milliseconds for which an ended job and its idempotency key are kept'),
  timeMs: whole(1000, 30 * DAY, 'milliseconds')
    .default(60 * MINUTE)
    .describe('milliseconds that a job may run; then it fails with `timeout`'),
  sets: namedSets()
    .default([])
    .describe('sets that clients may score by name (`?set=NAME`), with commas: `mnist:test`, `claims=data/claims.csv`'),
  memoryBytes: whole(128 * MIB, 1024 * GIB, 'bytes')
    .default(2 * GIB)
    .describe('memory of the process of a job; beyond it the job is ended, and fails with `payload_too_large`'),
  inputs: whole(1, 100_000_000).default(100_000).describe('inputs of a job'),
  uploadBytes: whole(1024, 64 * GIB, 'bytes')
    .default(64 * MIB)
    .describe('bytes of an upload'),
  storedBytes: whole(1024, 1024 * GIB, 'bytes')
    .default(2 * GIB)
    .describe('bytes of all uploads, and copies of models, of jobs that have not ended; one more is refused'),
});

export type JobsConfig = z.output<typeof jobsSchema>;
