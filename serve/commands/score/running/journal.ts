import { type FileHandle, open, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { SennError } from '../../../../core/errors.ts';
import type { MetricName, Scope, Values } from '../../../../core/metrics/metric.ts';
import { isNoValue, type NoValue } from '../../../../core/metrics/no-value.ts';
import type { BatchScores } from '../../../../core/scoring/batch.ts';
import type { Job } from '../../../../core/scoring/job.ts';
import type { BatchResult } from '../../../../core/scoring/merge.ts';
import { fromWire, toWire, type WireBatch } from './wire.ts';

/**
 * What of a job is done, in a file that only grows: a line for each batch and for each metric of the set, with its
 * checksum. Whoever is killed leaves at most one line that is torn, which is cut off when the job goes on; what stands
 * before it is not done again.
 */

/** What a metric of the set, or one that compares inputs, gave. */
export interface SetResult {
  readonly kind: 'metric';
  readonly model: number;
  readonly metric: MetricName;
  readonly result: Values[Scope] | NoValue;
}

type Line = { readonly kind: 'job'; readonly job: Job } | WireBatch | SetResult;

interface Place {
  readonly offset: number;
  readonly length: number;
}

export interface Journal {
  hasBatch(model: number, batch: number): boolean;
  /** @throws where it is not there */
  readBatch(model: number, batch: number): Promise<BatchResult>;
  writeBatch(result: BatchResult): Promise<void>;
  resultOf(model: number, metric: MetricName): SetResult['result'] | undefined;
  writeResult(result: Omit<SetResult, 'kind'>): Promise<void>;
  close(): Promise<void>;
  /** Closes it, and removes the file: the report holds what is wanted of it. */
  remove(): Promise<void>;
}

const NAME = 'journal.ndjson';

/** Batches are read again several times; those of the first so many bytes are kept in memory. */
const KEPT_BYTES = 2 ** 25;
const NEWLINE = 0x0a;
const keyOf = (model: number, name: number | string): string => `${model} ${name}`;

const checksumOf = (text: Buffer): string => crc32(text).toString(16).padStart(8, '0');

/** A line: its checksum, a space, JSON. */
function lineOf(line: Line): Buffer {
  const text = Buffer.from(` ${JSON.stringify(line)}\n`);
  return Buffer.concat([Buffer.from(checksumOf(text.subarray(1, -1))), text]);
}

/** @returns `undefined` of a line that is torn */
function parseLine(bytes: Buffer): Line | undefined {
  if (checksumOf(bytes.subarray(9)) !== bytes.toString('latin1', 0, 8)) return undefined;
  return JSON.parse(bytes.toString('utf8', 9)) as Line;
}

/** A result as it would be read: JSON has no number that is not finite, and no −0. */
function asRead(result: BatchResult): BatchResult {
  const { scores } = result;
  if (scores === undefined) return result;
  const finite = (one: number | null): number | null => (one === null || !Number.isFinite(one) ? null : one + 0);
  const values = Object.entries(scores.values).map(([name, of]) => [name, isNoValue(of) ? of : of.map(finite)]);
  return { ...result, scores: { ...scores, values: Object.fromEntries(values) as BatchScores['values'] } };
}

/** Every whole line with its place, up to the first that is torn; one line is in memory at a time. */
async function* linesOf(file: FileHandle): AsyncGenerator<{ readonly line: Line; readonly place: Place }> {
  let rest: Buffer = Buffer.alloc(0);
  let offset = 0;
  const chunk = Buffer.alloc(1 << 20);
  for (let at = 0; ; ) {
    const { bytesRead } = await file.read(chunk, 0, chunk.length, at);
    if (bytesRead === 0) return;
    at += bytesRead;
    rest = Buffer.concat([rest, chunk.subarray(0, bytesRead)]);
    for (let end = rest.indexOf(NEWLINE); end >= 0; end = rest.indexOf(NEWLINE)) {
      const line = parseLine(rest.subarray(0, end));
      if (line === undefined) return;
      yield { line, place: { offset, length: end } };
      offset += end + 1;
      rest = rest.subarray(end + 1);
    }
  }
}

/**
 * Opens the journal of a folder: anew, or where it stood.
 * @throws invalid_config where it is that of another job
 */
export async function openJournal(folder: string, job: Job, resume: boolean): Promise<Journal> {
  const path = join(folder, NAME);
  const known = resume && (await stat(path).catch(() => undefined)) !== undefined;
  const file = await open(path, known ? 'r+' : 'w+');
  const batches = new Map<string, Place>();
  const kept = new Map<string, BatchResult>();
  let room = KEPT_BYTES;
  const results = new Map<string, SetResult['result']>();
  let end = 0;
  let isOfJob = false;
  for await (const { line, place } of linesOf(file)) {
    if (line.kind === 'job') {
      if (JSON.stringify(line.job) !== JSON.stringify(job)) {
        await file.close();
        throw otherJob(folder, line.job, job);
      }
      isOfJob = true;
    }
    if (line.kind === 'batch') batches.set(keyOf(line.model, line.batch), place);
    if (line.kind === 'metric') results.set(keyOf(line.model, line.metric), line.result);
    end = place.offset + place.length + 1;
  }
  await file.truncate(end);

  let tail: Promise<unknown> = Promise.resolve();
  /** One after the other, whoever writes. */
  const append = (line: Line): Promise<Place> => {
    const written = tail.then(async () => {
      const bytes = lineOf(line);
      const place = { offset: end, length: bytes.length - 1 };
      await file.write(bytes, 0, bytes.length, end);
      end += bytes.length;
      return place;
    });
    tail = written.catch(() => undefined);
    return written;
  };
  if (!isOfJob) await append({ kind: 'job', job });

  return {
    hasBatch: (model, batch) => batches.has(keyOf(model, batch)),
    async readBatch(model, batch) {
      const inMemory = kept.get(keyOf(model, batch));
      if (inMemory !== undefined) return inMemory;
      const { offset, length } = batches.get(keyOf(model, batch)) as Place;
      const bytes = Buffer.alloc(length);
      await file.read(bytes, 0, length, offset);
      const line = parseLine(bytes);
      if (line?.kind !== 'batch') throw new Error(`${path}: batch ${batch} of model ${model} changed under the job`);
      return fromWire(line);
    },
    async writeBatch(result) {
      const place = await append(toWire(result));
      const key = keyOf(result.model, result.batch);
      batches.set(key, place);
      const isLarge = Object.keys(result.scores?.attributions ?? {}).length > 0;
      if (isLarge || place.length > room) return;
      room -= place.length;
      kept.set(key, asRead(result));
    },
    resultOf: (model, metric) => results.get(keyOf(model, metric)),
    async writeResult(result) {
      await append({ kind: 'metric', ...result });
      results.set(keyOf(result.model, result.metric), result.result);
    },
    close: () => file.close(),
    async remove() {
      await file.close();
      await rm(path, { force: true });
    },
  };
}

/** Which parts of a job are not those of another. */
function otherJob(folder: string, found: Job, asked: Job): SennError {
  const parts = (Object.keys(asked) as (keyof Job)[]).filter(
    (part) => JSON.stringify(found[part]) !== JSON.stringify(asked[part]),
  );
  return new SennError(
    'invalid_config',
    `${folder}: holds another job, of other ${parts.join(', ')}; give another --out, or leave out --resume to begin anew`,
    { folder, parts },
  );
}

/** The job of a report that is done, where the folder holds one. */
export async function finishedJob(
  folder: string,
): Promise<{ readonly job: unknown; readonly text: string } | undefined> {
  const text = await readFile(join(folder, 'report.json'), 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  try {
    return { job: (JSON.parse(text) as { job?: unknown }).job, text };
  } catch {
    return undefined;
  }
}

/** What a folder is refused for that holds another job's report. @throws invalid_config */
export function checkSameJob(folder: string, found: unknown, asked: Job): void {
  if (JSON.stringify(found) !== JSON.stringify(asked)) throw otherJob(folder, (found ?? {}) as Job, asked);
}
