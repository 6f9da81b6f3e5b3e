import { describe, expect, it } from 'vitest';
import { SennError } from '../../../core/errors.ts';
import { createEmbeddedQueue } from '../../../serve/jobs/embedded.ts';
import { eventsOf, settled, testQueue } from './queue-fixture.ts';

describe('a queue of jobs', () => {
  it('runs jobs in the order they came, as many at a time as it may', async () => {
    const { queue, started, held } = testQueue({ concurrency: 2 });
    for (const name of ['a', 'b', 'c', 'd']) await held(name);
    await settled();
    expect(started.map(({ name }) => name)).toEqual(['a', 'b']);
    started[1]?.finish();
    await settled();
    expect(started.map(({ name }) => name)).toEqual(['a', 'b', 'c']);
    expect((await queue.list()).map(({ id, state }) => [id, state])).toEqual([
      ['job-4', 'waiting'],
      ['job-3', 'running'],
      ['job-2', 'done'],
      ['job-1', 'running'],
    ]);
  });

  it('says of a job when it came, began and ended, how far it is, and what it gave', async () => {
    const { queue, started, held, clock } = testQueue();
    const id = await held('a');
    expect(await queue.status(id)).toEqual({ id, kind: 'held', state: 'waiting', createdAt: 1000 });
    clock.now = 2000;
    await settled();
    started[0]?.context.progress(3, 10);
    const running = { id, kind: 'held', state: 'running', createdAt: 1000, startedAt: 2000 };
    expect(await queue.status(id)).toEqual({ ...running, progress: { done: 3, total: 10 } });
    expect(await queue.result(id)).toBeUndefined();
    clock.now = 3000;
    started[0]?.finish({ accuracy: 0.99 });
    await settled();
    const done = { ...running, state: 'done', endedAt: 3000, progress: { done: 3, total: 10 } };
    expect(await queue.status(id)).toEqual(done);
    expect(await queue.result(id)).toEqual({ accuracy: 0.99 });
    started[0]?.context.progress(4, 10);
    expect(await queue.status(id)).toEqual(done);
  });

  it('refuses one job more than may wait, and takes one again when one runs', async () => {
    const { started, held } = testQueue({ maxWaiting: 2 });
    await held('runs');
    await settled();
    await held('a');
    await held('b');
    await expect(held('c')).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining('at most 2'),
    });
    started[0]?.finish();
    await settled();
    await expect(held('c')).resolves.toBe('job-4');
  });

  it('lets a job fail alone; what nobody foresaw says nothing of itself, but to the log', async () => {
    const errors: unknown[] = [];
    const { queue, started, held } = testQueue({ onFailure: (_job, error) => errors.push(error) });
    const ids = [await held('a'), await held('b'), await held('c')];
    await settled();
    const ours = new SennError('missing_data', 'no such set', { set: 'x' });
    started[0]?.fail(ours);
    await settled();
    const defect = new Error('password=secret');
    started[1]?.fail(defect);
    await settled();
    started[2]?.finish(1);
    await settled();
    const statuses = await Promise.all(ids.map((id) => queue.status(id)));
    expect(statuses.map(({ state }) => state)).toEqual(['failed', 'failed', 'done']);
    expect(statuses[0]?.failure).toEqual({ code: 'missing_data', message: 'no such set', details: { set: 'x' } });
    expect(statuses[1]?.failure).toMatchObject({ code: 'internal', details: {} });
    expect(JSON.stringify(statuses)).not.toContain('secret');
    expect(errors).toEqual([ours, defect]);
  });

  it('takes what its table says and nothing else', async () => {
    const { queue } = testQueue();
    const wrong = queue.enqueue('held', { name: 1 as never });
    await expect(wrong).rejects.toMatchObject({ code: 'invalid_request', message: expect.stringContaining('name') });
    const unknown = queue.enqueue('toString' as never, {} as never);
    await expect(unknown).rejects.toThrow(/unknown kind "toString"; choose held, counted/);
    const id = await queue.enqueue('counted', { from: 1 });
    await settled();
    expect(await queue.result(id)).toBe(2);
    expect(await queue.list()).toHaveLength(1);
  });

  it('knows no other job', async () => {
    const { queue } = testQueue();
    const asked = [queue.status('x'), queue.result('x'), queue.cancel('x'), eventsOf(queue, 'x')];
    for (const { status, ...rest } of await Promise.allSettled(asked)) {
      expect([status, rest]).toMatchObject(['rejected', { reason: { code: 'not_found' } }]);
    }
  });

  it('gives ids that nobody guesses', async () => {
    const queue = createEmbeddedQueue({}, { concurrency: 1, maxWaiting: 1, maxFinished: 1, ttlMs: 1 });
    expect(await queue.list()).toEqual([]);
    const { queue: other, started } = testQueue({ newId: undefined as never });
    const id = await other.enqueue('held', { name: 'a' });
    expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    await settled();
    started[0]?.finish();
  });
});

describe('an idempotency key', () => {
  it('stands for one job, and no other, as long as that is remembered', async () => {
    const { queue, started, clock } = testQueue({ ttlMs: 100 });
    const asked = (name: string) => queue.enqueue('held', { name }, { idempotencyKey: 'k' });
    const id = await asked('a');
    expect(await asked('a')).toBe(id);
    await expect(asked('b')).rejects.toMatchObject({ code: 'conflict' });
    const other = queue.enqueue('counted', { from: 0 }, { idempotencyKey: 'k' });
    await expect(other).rejects.toMatchObject({ code: 'conflict' });
    await settled();
    started[0]?.finish();
    await settled();
    expect(await asked('a')).toBe(id);
    clock.now += 100;
    expect(await asked('b')).toBe('job-2');
  });

  it('finds its job though no more may wait', async () => {
    const { queue, held } = testQueue({ maxWaiting: 1 });
    await held('runs');
    await settled();
    const id = await queue.enqueue('held', { name: 'a' }, { idempotencyKey: 'k' });
    expect(await queue.enqueue('held', { name: 'a' }, { idempotencyKey: 'k' })).toBe(id);
  });
});

describe('what is forgotten', () => {
  it('is what ended a time ago, and nothing that has not ended', async () => {
    const { queue, started, held, clock } = testQueue({ ttlMs: 100 });
    const [ended, runs] = [await held('a'), await held('b')];
    await settled();
    started[0]?.finish();
    await settled();
    clock.now += 99;
    expect((await queue.status(ended)).state).toBe('done');
    clock.now += 1;
    await expect(queue.status(ended)).rejects.toMatchObject({ code: 'not_found' });
    clock.now += 1e6;
    expect((await queue.status(runs)).state).toBe('running');
  });

  it('is the oldest that ended, where there are too many', async () => {
    const { queue } = testQueue({ maxFinished: 2 });
    for (let i = 0; i < 4; i++) {
      await queue.enqueue('counted', { from: 0 });
      await settled();
    }
    expect((await queue.list()).map(({ id }) => id)).toEqual(['job-4', 'job-3']);
  });

  it('is the oldest where what is left of them takes too many bytes, but never the last', async () => {
    const bytes: Record<string, number> = { 'job-1': 60, 'job-2': 30, 'job-3': 20, 'job-4': 500 };
    const { queue } = testQueue({ maxFinishedBytes: 100, sizeOf: (id) => bytes[id] as number });
    const kept = [['job-1'], ['job-2', 'job-1'], ['job-3', 'job-2'], ['job-4']];
    for (const ids of kept) {
      await queue.enqueue('counted', { from: 0 });
      await settled();
      expect((await queue.list()).map(({ id }) => id)).toEqual(ids);
    }
  });
});
