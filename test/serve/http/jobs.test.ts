import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { SennError } from '../../../core/errors.ts';
import { jobsSchema } from '../../../serve/http/scoring/schema.ts';
import {
  codeOf,
  ended,
  folder,
  get,
  jobOf,
  owners,
  post,
  running,
  runs,
  scoring,
  server,
  start,
  stop,
  useScoring,
} from './scoring-fixture.ts';

/** `/jobs`: their progress, reports, ends and owners. */

useScoring();

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
