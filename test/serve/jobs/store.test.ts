import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { makeJobsFolder, openFolderStore } from '../../../serve/jobs/store.ts';
import { eventsOf, settled, testQueue } from './queue-fixture.ts';

/** Jobs in a folder: what of a queue survives its process. */

let folder: string;
const warn = vi.fn();
const open = (options: Parameters<typeof testQueue>[0] = {}) => {
  const store = openFolderStore(folder, { warn });
  let ids = 0;
  return testQueue({ store, newId: () => `${store.load().length}-${++ids}`, ...options });
};

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'senn-jobs-'));
  warn.mockClear();
});
afterEach(() => rm(folder, { recursive: true }));

describe('a queue that is opened again', () => {
  it('runs what ran and what waited, in their order, after the process was killed', async () => {
    const first = open();
    const [a, b] = [await first.held('a'), await first.held('b')];
    await settled();
    expect((await first.queue.status(a)).state).toBe('running');

    const second = open(); // nobody closed the first
    await settled();
    expect(second.started.map(({ name, context }) => [name, context.id])).toEqual([['a', a]]);
    second.started[0]?.finish('report');
    await settled();
    expect(await second.queue.result(a)).toBe('report');
    expect(second.started.map(({ name }) => name)).toEqual(['a', 'b']);
    expect((await second.queue.status(b)).state).toBe('running');
    second.started[1]?.finish();
    await settled();
  });

  it('closes without ending what runs, which goes on as if it had not been broken off', async () => {
    const first = open();
    const id = await first.held('a');
    await settled();
    const events = eventsOf(first.queue, id);
    const closed = first.queue.close();
    expect(first.started[0]?.context.signal.aborted).toBe(true);
    first.started[0]?.fail(new Error('killed'));
    await closed;
    expect((await events).at(-1)?.state).not.toBe('cancelled');
    expect((await first.queue.status(id)).state).toBe('waiting');
    const second = open();
    await settled();
    expect(second.started).toHaveLength(1);
    second.started[0]?.finish();
    await settled();
    expect((await second.queue.status(id)).state).toBe('done');
  });

  it('knows how jobs have ended, whose they were, and which keys stand for them', async () => {
    const first = open();
    const options = { owner: 'ada', about: { model: 'm' }, idempotencyKey: 'k' };
    const id = await first.queue.enqueue('counted', { from: 0 }, options);
    await settled();
    const second = open();
    const status = await second.queue.status(id);
    expect(status).toMatchObject({ state: 'done', owner: 'ada', about: { model: 'm' } });
    expect(await second.queue.enqueue('counted', { from: 0 }, options)).toBe(id);
    await expect(second.queue.enqueue('counted', { from: 1 }, options)).rejects.toMatchObject({ code: 'conflict' });
  });

  it('gives up a job that has ended the process five times', async () => {
    let id = '';
    for (let run = 0; run < 5; run++) {
      const queue = open();
      id ||= await queue.held('poison');
      await settled();
      expect(queue.started).toHaveLength(1);
    }
    const last = open();
    await settled();
    expect(last.started).toHaveLength(0);
    expect(await last.queue.status(id)).toMatchObject({ state: 'failed', failure: { code: 'internal' } });
  });
});

describe('the folder', () => {
  it('has a folder a job, which goes with the job', async () => {
    const { queue } = open();
    const id = await queue.enqueue('counted', { from: 0 });
    await settled();
    expect(existsSync(join(folder, id, 'job.json'))).toBe(true);
    await queue.remove(id);
    await vi.waitFor(() => expect(existsSync(join(folder, id))).toBe(false));
    await expect(queue.status(id)).rejects.toMatchObject({ code: 'not_found' });
  });

  it('loses what was half made, and keeps what is no job of its own', async () => {
    const half = '0f8fad5b-d9cb-469f-a165-70867728950e';
    await mkdir(join(folder, half));
    await mkdir(join(folder, 'pictures'));
    await mkdir(join(folder, 'broken'));
    await writeFile(join(folder, 'broken', 'job.json'), '{"id":"another"}');
    const { queue } = open();
    expect(await queue.list()).toEqual([]);
    expect((await readdir(folder)).sort()).toEqual(['broken', 'pictures']);
    expect(warn).toHaveBeenCalledWith({ id: 'broken' }, 'a folder of the jobs holds no job');
  });

  it('has no job where preparing it fails', async () => {
    const { queue } = open();
    const prepare = (): void => {
      throw new Error('disk full');
    };
    await expect(queue.enqueue('counted', { from: 0 }, { prepare })).rejects.toThrow('disk full');
    expect(await queue.list()).toEqual([]);
    expect(await readdir(folder)).toEqual([]);
  });

  it('is refused where it cannot be one', async () => {
    await writeFile(join(folder, 'file'), '');
    expect(() => makeJobsFolder(join(folder, 'file'))).toThrow(/cannot be written/);
  });
});

describe('one owner', () => {
  it('has so many jobs that wait or run, whatever others have', async () => {
    const { queue, started } = open({ maxOfOwner: 2 });
    const of = (owner: string) => queue.enqueue('held', { name: owner }, { owner });
    await of('ada');
    await of('ada');
    await expect(of('ada')).rejects.toMatchObject({ code: 'unavailable' });
    await of('ben');
    await settled();
    started[0]?.finish();
    await settled();
    await of('ada');
  });
});
