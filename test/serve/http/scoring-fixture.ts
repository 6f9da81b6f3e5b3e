import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterAll, afterEach, beforeAll, beforeEach, expect, vi } from 'vitest';
import { errorResponseSchema } from '../../../core/api.ts';
import { resolveConfig } from '../../../serve/config/index.ts';
import { jobSchema } from '../../../serve/http/scoring/schema.ts';
import type { ScoreRun } from '../../../serve/jobs/score/child.ts';
import { type Scoring, startScoring } from '../../../serve/jobs/score/scoring.ts';
import { tableFeatures, tableRows, writeTableModel } from '../../helpers/table-model.ts';
import { listening, modelPath, openModels, type TestModels, type TestServer } from '../fixtures.ts';

/** A server that scores, over a scorer that the test ends. */

let directory: string;
export let models: TestModels;
export let folder: string;
export let scoring: Scoring;
export let server: TestServer;
export let runs: (ScoreRun & { finish(): Promise<void>; fail(error: Error): void })[];

export const owners: Readonly<Record<string, string>> = { 'key-of-ada-000001': 'ada', 'key-of-ben-000001': 'ben' };
const none = { size: 0, owner: () => undefined, close: () => {} };

/** Runs until the test ends it, or the signal. */
const score = (run: ScoreRun): Promise<void> =>
  new Promise((resolve, reject) => {
    const finish = async (): Promise<void> => {
      const report = join(run.folder, 'report');
      await mkdir(report);
      await writeFile(join(report, 'report.json'), '{"model":"table"}');
      await writeFile(join(report, 'inputs.csv'), 'index\n0\n');
      await writeFile(join(report, 'report.html'), '<p>report');
      resolve();
    };
    run.signal.addEventListener('abort', () => reject(new Error('killed')));
    runs.push({ ...run, finish, fail: reject });
  });

export async function start(flags: Record<string, string> = {}, keyed = false, jobsOn = true): Promise<void> {
  const config = resolveConfig({ flags: { '--jobs-folder': join(folder, 'jobs'), ...flags } });
  const { jobs, answerTimeoutMs } = config;
  const logger = pino({ level: 'silent' });
  scoring = await startScoring({
    config: { ...jobs, folder: jobsOn ? jobs.folder : undefined },
    logger,
    answerTimeoutMs,
    score,
  });
  const api = keyed ? { size: 2, owner: (key: string) => owners[key], close: () => {} } : none;
  server = await listening({ models, scoring, keys: { api, admin: none }, config });
}

export async function stop(): Promise<void> {
  await scoring.close();
  await server.close();
}

/** To be called once by a file of tests. */
export function useScoring(): void {
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'senn-table-'));
    await writeTableModel(directory);
    models = await openModels([join(directory, 'table'), modelPath]);
  });
  afterAll(async () => {
    await models.close();
    await rm(directory, { recursive: true });
  });
  beforeEach(async () => {
    runs = [];
    folder = await mkdtemp(join(tmpdir(), 'senn-scoring-'));
  });
  afterEach(async () => {
    await stop();
    await rm(folder, { recursive: true, force: true });
  });
}

const names = tableFeatures.map(({ name }) => name);
export const csv = (rows: number): string => [names.join(','), ...Array(rows).fill(tableRows[0]?.join(','))].join('\n');
export const features = Object.fromEntries(names.map((name, i) => [name, tableRows[0]?.[i]]));

export const send = (
  path: string,
  body: string | Uint8Array<ArrayBuffer>,
  type: string,
  headers: Record<string, string> = {},
) => fetch(`${server.url}${path}`, { method: 'POST', body, headers: { 'Content-Type': type, ...headers } });
export const post = (path: string, rows = 100, headers: Record<string, string> = {}) =>
  send(path, csv(rows), 'text/csv', headers);
export const json = (path: string, body: unknown) => send(path, JSON.stringify(body), 'application/json');
export const get = (path: string, headers: Record<string, string> = {}) => fetch(`${server.url}${path}`, { headers });
export const errorOf = async (response: Response) => errorResponseSchema.parse(await response.json()).error;
export const codeOf = async (response: Response) => [response.status, (await errorOf(response)).code];
export const jobOf = async (response: Response) => jobSchema.parse(await response.json());
export const running = (count = 1) => vi.waitFor(() => expect(runs).toHaveLength(count));
export const ended = (id: string) =>
  vi.waitFor(async () => expect((await jobOf(await get(`/jobs/${id}`))).endedAt).toBeDefined());
