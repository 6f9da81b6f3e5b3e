import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { errorResponseSchema } from '../../../core/api.ts';
import { SennError } from '../../../core/errors.ts';
import { resolveConfig } from '../../../serve/config/index.ts';
import { jobSchema, jobsSchema } from '../../../serve/http/scoring/schema.ts';
import type { ScoreRun } from '../../../serve/jobs/score/child.ts';
import { type Scoring, startScoring } from '../../../serve/jobs/score/scoring.ts';
import { tableFeatures, tableRows, writeTableModel } from '../../helpers/table-model.ts';
import { digitPng, hugePng, listening, modelPath, openModels, type TestModels, type TestServer } from '../fixtures.ts';

/** `/score` and `/jobs`, over a scorer that the test ends. */

let directory: string;
let models: TestModels;
let folder: string;
let scoring: Scoring;
let server: TestServer;
let runs: (ScoreRun & { finish(): Promise<void>; fail(error: Error): void })[];

const owners: Readonly<Record<string, string>> = { 'key-of-ada-000001': 'ada', 'key-of-ben-000001': 'ben' };
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

async function start(flags: Record<string, string> = {}, keyed = false): Promise<void> {
  const config = resolveConfig({ flags: { '--jobs-folder': join(folder, 'jobs'), ...flags } });
  const { jobs, answerTimeoutMs, limits } = config;
  const logger = pino({ level: 'silent' });
  scoring = startScoring({ config: { ...jobs, folder: jobs.folder || undefined }, logger, answerTimeoutMs, score });
  const api = keyed ? { size: 2, owner: (key: string) => owners[key], close: () => {} } : none;
  server = await listening({ models, scoring, keys: { api, admin: none }, config: { limits, answerTimeoutMs } });
}

async function stop(): Promise<void> {
  await scoring.close();
  await server.close();
}

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

const names = tableFeatures.map(({ name }) => name);
const csv = (rows: number): string => [names.join(','), ...Array(rows).fill(tableRows[0]?.join(','))].join('\n');
const features = Object.fromEntries(names.map((name, i) => [name, tableRows[0]?.[i]]));

const send = (
  path: string,
  body: string | Uint8Array<ArrayBuffer>,
  type: string,
  headers: Record<string, string> = {},
) => fetch(`${server.url}${path}`, { method: 'POST', body, headers: { 'Content-Type': type, ...headers } });
const post = (path: string, rows = 100, headers: Record<string, string> = {}) =>
  send(path, csv(rows), 'text/csv', headers);
const json = (path: string, body: unknown) => send(path, JSON.stringify(body), 'application/json');
const get = (path: string, headers: Record<string, string> = {}) => fetch(`${server.url}${path}`, { headers });
const errorOf = async (response: Response) => errorResponseSchema.parse(await response.json()).error;
const codeOf = async (response: Response) => [response.status, (await errorOf(response)).code];
const jobOf = async (response: Response) => jobSchema.parse(await response.json());
const running = (count = 1) => vi.waitFor(() => expect(runs).toHaveLength(count));
const ended = (id: string) =>
  vi.waitFor(async () => expect((await jobOf(await get(`/jobs/${id}`))).endedAt).toBeDefined());

describe('POST /score', () => {
  it('answers a small set at once, in the form that is asked for, and leaves nothing behind', async () => {
    await start();
    const answer = json('/score?metrics=faithfulness&seed=3', { instances: [{ features, label: 'yes' }] });
    await running();
    const [run] = runs as [(typeof runs)[0]];
    expect(run.args).toEqual(['--data=input.ndjson', '--metrics=faithfulness', '--seed=3']);
    expect(await readFile(join(run.folder, 'input.ndjson'), 'utf8')).toBe(
      `${JSON.stringify({ features, label: 'yes' })}\n`,
    );
    expect(existsSync(join(run.folder, 'model', 'manifest.json'))).toBe(true);
    await run.finish();
    expect(await (await answer).json()).toEqual({ model: 'table' });
    await vi.waitFor(() => expect(existsSync(run.folder)).toBe(false));
    expect(jobsSchema.parse(await (await get('/jobs')).json()).jobs).toEqual([]);
  });

  it('makes a job of a larger one', async () => {
    await start();
    const small = post('/score', 63, { Accept: 'text/csv' });
    await running();
    await runs[0]?.finish();
    expect(await (await small).text()).toBe('index\n0\n');
    const large = await post('/score', 100);
    expect(large.status).toBe(202);
    expect(large.headers.get('location')).toBe((await jobOf(large)).links.self);
  });

  it('takes images, whose names and labels are files of ours', async () => {
    await start();
    const image = (await digitPng(0)).toString('base64');
    const answer = json('/score?model=mnist-disenn', { instances: [{ image, label: 'a "7", b' }, { image }] });
    await running();
    const images = join(runs[0]?.folder ?? '', 'images');
    expect((await readdir(images)).sort()).toEqual(['000000.png', '000001.png', 'labels.csv']);
    expect(await readFile(join(images, 'labels.csv'), 'utf8')).toBe('file,label\n000000.png,"a ""7"", b"\n');
    await runs[0]?.finish();
    expect((await answer).status).toBe(200);
  });

  it('ends the work when the client has gone', async () => {
    await start();
    const abort = new AbortController();
    const body = JSON.stringify({ instances: [{ features }] });
    const headers = { 'Content-Type': 'application/json' };
    const answer = fetch(`${server.url}/score`, { method: 'POST', body, headers, signal: abort.signal });
    answer.catch(() => undefined);
    await running();
    abort.abort();
    await vi.waitFor(() => expect(runs[0]?.signal.aborted).toBe(true));
  });

  it('says where jobs are off that larger sets need them; small ones are scored all the same', async () => {
    await start();
    await stop();
    const config = { ...scoring.config, folder: undefined };
    scoring = startScoring({ config, logger: pino({ level: 'silent' }), answerTimeoutMs: 1000, score });
    server = await listening({ models, scoring });
    const refused = await post('/score', 100);
    expect(refused.status).toBe(413);
    expect((await errorOf(refused)).message).toMatch(/--jobs-folder/);
    expect(await codeOf(await post('/jobs'))).toEqual([404, 'not_found']);
    expect(await codeOf(await get('/jobs'))).toEqual([404, 'not_found']);
    const small = post('/score', 3);
    await running();
    await runs[0]?.finish();
    expect((await small).status).toBe(200);
  });
});

describe('what is refused', () => {
  it.each([
    ['a type that nobody reads', () => send('/jobs', 'x', 'text/plain'), 415, 'unsupported_media_type'],
    ['no body', () => send('/jobs', '', 'text/csv'), 400, 'missing_input'],
    ['a query that nobody knows', () => post('/jobs?data=/etc/passwd'), 400, 'invalid_request'],
    ['a path as the model', () => post('/jobs?model=../../etc'), 404, 'unknown_model'],
    ['a metric that there is not', () => post('/jobs?metrics=beauty'), 400, 'invalid_config'],
    ['a number that is none', () => post('/jobs?seed=-1'), 400, 'invalid_request'],
    ['a missing feature', () => json('/score', { instances: [{ features: {} }] }), 400, 'invalid_features'],
    [
      'images for a table',
      () => json('/score?model=table', { instances: [{ image: 'AAAA' }] }),
      422,
      'unsupported_input',
    ],
    ['a path as an instance', () => json('/score', { instances: [{ path: '/etc/passwd' }] }), 400, 'invalid_request'],
    ['too many instances', () => json('/score', { instances: Array(65).fill({}) }), 413, 'payload_too_large'],
    ['what is no .npz', () => send('/jobs', 'x', 'application/x-npz'), 400, 'invalid_request'],
    ['a form of report that there is not', () => post('/score', 1, { Accept: 'image/png' }), 406, 'not_acceptable'],
    ['a bad idempotency key', () => post('/jobs', 9, { 'Idempotency-Key': 'a b' }), 400, 'invalid_request'],
    ['a compressed body', () => post('/jobs', 9, { 'Content-Encoding': 'gzip' }), 415, 'unsupported_media_type'],
    ['an upload of too many bytes', () => post('/jobs', 9000), 413, 'payload_too_large'],
  ])('is %s', async (_, ask, status, code) => {
    await start({ '--jobs-upload-bytes': '20000' });
    expect(await codeOf(await ask())).toEqual([status, code]);
    expect(runs).toEqual([]);
    const staging = join(folder, 'jobs', '.staging');
    if (existsSync(staging)) await vi.waitFor(async () => expect(await readdir(staging)).toEqual([]));
  });

  it('is an image of more pixels than are decoded', async () => {
    await start();
    const image = hugePng().toString('base64');
    const answer = await json('/score?model=mnist-disenn', { instances: [{ image }] });
    expect(await codeOf(answer)).toEqual([413, 'image_too_large']);
  });

  it('is one upload more than there is room for', async () => {
    await start({ '--jobs-stored-bytes': '1024' });
    expect((await post('/jobs')).status).toBe(202);
    expect(await codeOf(await post('/jobs'))).toEqual([503, 'unavailable']);
  });
});

describe('a job', () => {
  it('runs, tells its progress, and has its report in three forms', async () => {
    await start();
    const { id, links, state } = await jobOf(await post('/jobs'));
    expect(state).toBe('waiting');
    expect(await codeOf(await get(links.report))).toEqual([409, 'conflict']);
    await running();
    runs[0]?.progress?.(5, 100, 'inputs');
    const seen = await jobOf(await get(links.self));
    expect(seen).toMatchObject({ state: 'running', progress: { stage: 'inputs', done: 5, total: 100 } });
    await runs[0]?.finish();
    await ended(id);
    for (const [type, text] of [
      ['application/json', '{"model":"table"}'],
      ['text/csv', 'index\n0\n'],
      ['text/html', '<p>report'],
    ] as const) {
      const report = await get(links.report, { Accept: type });
      expect(report.headers.get('content-type')).toBe(`${type}; charset=utf-8`);
      expect(await report.text()).toBe(text);
    }
    const files = join(folder, 'jobs', id);
    await vi.waitFor(async () => expect((await readdir(files)).sort()).toEqual(['job.json', 'report']));
  });

  it('sends its events until it ends, and nothing again to who has had the last', async () => {
    await start();
    const { id, links } = await jobOf(await post('/jobs'));
    await running();
    const stream = await get(links.events);
    expect(stream.headers.get('content-type')).toMatch(/^text\/event-stream/);
    runs[0]?.progress?.(100, 100, 'inputs');
    await runs[0]?.finish();
    const events = (await stream.text()).split('\n\n').filter((event) => event.startsWith('id: '));
    expect(events[0]).toMatch(/\nevent: running\n/);
    const [, last = ''] = /^id: (.+)\nevent: done\ndata: \{"id"/.exec(events.at(-1) ?? '') ?? [];
    expect(last).not.toBe('');
    expect((await get(links.events, { 'Last-Event-ID': last })).status).toBe(204);
    expect(await (await get(links.events, { 'Last-Event-ID': 'before' })).text()).toMatch(/event: done/);
    await stop();
    await start();
    expect((await get(`/jobs/${id}/events`, { 'Last-Event-ID': last })).status).toBe(204);
  });

  it('fails with what is wrong with the set, and tells nothing of the server', async () => {
    await start();
    const [a, b] = [await jobOf(await post('/jobs')), await jobOf(await post('/jobs'))];
    await running();
    runs[0]?.fail(new SennError('missing_data', 'input.csv: holds no records'));
    await running(2);
    runs[1]?.fail(new Error('/secret/place'));
    await ended(b.id);
    expect(await jobOf(await get(a.links.self))).toMatchObject({ state: 'failed', failure: { code: 'missing_data' } });
    const { failure } = await jobOf(await get(b.links.self));
    expect(failure).toMatchObject({ code: 'internal', message: expect.not.stringContaining('secret') });
    expect(await codeOf(await get(b.links.report))).toEqual([409, 'conflict']);
  });

  it('is cancelled by DELETE, and a second one removes it', async () => {
    await start();
    const { id, links } = await jobOf(await post('/jobs'));
    await running();
    const remove = () => fetch(`${server.url}${links.self}`, { method: 'DELETE' });
    expect((await remove()).status).toBe(200);
    expect(runs[0]?.signal.aborted).toBe(true);
    await ended(id);
    expect(await jobOf(await remove())).toMatchObject({ state: 'cancelled' });
    expect(await codeOf(await get(links.self))).toEqual([404, 'not_found']);
    await vi.waitFor(() => expect(existsSync(join(folder, 'jobs', id))).toBe(false));
  });

  it('is the first one under its idempotency key, and no other', async () => {
    await start();
    const headers = { 'Idempotency-Key': 'once' };
    const first = await jobOf(await post('/jobs', 100, headers));
    expect((await jobOf(await post('/jobs', 100, headers))).id).toBe(first.id);
    expect(await codeOf(await post('/jobs', 101, headers))).toEqual([409, 'conflict']);
    expect(await codeOf(await post('/jobs?seed=1', 100, headers))).toEqual([409, 'conflict']);
    expect((await jobOf(await post('/jobs', 100))).id).not.toBe(first.id);
  });

  it('is there for the key that made it, and for no other', async () => {
    await start({}, true);
    const [ada, ben] = Object.keys(owners).map((key) => ({ 'X-API-Key': key, 'Idempotency-Key': 'k' })) as [
      object,
      object,
    ];
    const { id, links } = await jobOf(await post('/jobs', 100, { ...ada }));
    const other = await jobOf(await post('/jobs', 101, { ...ben }));
    expect(other.id).not.toBe(id);
    for (const path of [links.self, links.events, links.report]) {
      expect(await codeOf(await get(path, { ...ben }))).toEqual([404, 'not_found']);
    }
    const removed = await fetch(`${server.url}${links.self}`, { method: 'DELETE', headers: { ...ben } });
    expect(removed.status).toBe(404);
    const list = jobsSchema.parse(await (await get('/jobs', { ...ben })).json());
    expect(list.jobs.map((job) => job.id)).toEqual([other.id]);
    expect((await get(links.self)).status).toBe(401);
    expect((await jobOf(await get(links.self, { ...ada }))).id).toBe(id);
  });
});

describe('GET /jobs', () => {
  it('gives the newest first, page by page', async () => {
    await start();
    const ids: string[] = [];
    for (let i = 0; i < 5; i++) ids.unshift((await jobOf(await post('/jobs'))).id);
    const seen: string[] = [];
    for (let path: string | undefined = '/jobs?limit=2'; path !== undefined; ) {
      const page = jobsSchema.parse(await (await get(path)).json());
      seen.push(...page.jobs.map(({ id }) => id));
      path = page.next;
    }
    expect(seen).toEqual(ids);
    await running();
    const found = jobsSchema.parse(await (await get('/jobs?state=running')).json());
    expect(found.jobs.map(({ id }) => id)).toEqual(ids.slice(-1));
    expect(await codeOf(await get('/jobs?limit=0'))).toEqual([400, 'invalid_request']);
  });

  it('holds after a restart what was there, and what ran goes on', async () => {
    await start();
    const { id } = await jobOf(await post('/jobs'));
    await running();
    await stop();
    expect(runs[0]?.signal.aborted).toBe(true);
    await start();
    await running(2);
    await runs[1]?.finish();
    await ended(id);
    expect(await scoring.counts()).toEqual({ done: 1 });
  });
});
