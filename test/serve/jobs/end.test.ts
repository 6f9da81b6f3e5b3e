import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JobState } from '../../../serve/jobs/queue.ts';
import { eventsOf, settled, testQueue } from './queue-fixture.ts';

/** How jobs end: cancelled, closed, and what their events say of it. */

describe('cancelling', () => {
  it('takes a job that waits out of the queue at once, and it never runs', async () => {
    const { queue, started, held } = testQueue();
    await held('a');
    const id = await held('b');
    await queue.cancel(id);
    expect((await queue.status(id)).state).toBe('cancelled');
    await settled();
    started[0]?.finish();
    await settled();
    expect(started.map(({ name }) => name)).toEqual(['a']);
  });

  it.each(['finish', 'fail'] as const)(
    'tells a job that runs, and holds its place until it has ended (%s)',
    async (how) => {
      const { queue, started, held } = testQueue();
      const id = await held('a');
      await held('b');
      await settled();
      await queue.cancel(id);
      expect(started[0]?.context.signal.aborted).toBe(true);
      expect((await queue.status(id)).state).toBe('running');
      expect(started).toHaveLength(1);
      started[0]?.[how](new Error('aborted'));
      await settled();
      expect(await queue.status(id)).toMatchObject({ state: 'cancelled' });
      expect(await queue.status(id)).not.toHaveProperty('failure');
      expect(await queue.result(id)).toBeUndefined();
      expect(started).toHaveLength(2);
    },
  );

  it('changes nothing of a job that has ended', async () => {
    const { queue } = testQueue();
    const id = await queue.enqueue('counted', { from: 0 });
    await settled();
    const before = await queue.status(id);
    await queue.cancel(id);
    expect(await queue.status(id)).toEqual(before);
  });
});

describe('events', () => {
  it('begin with the job as it stands, and end with the state that it ends in', async () => {
    const { queue, started, held } = testQueue();
    const id = await held('a');
    const all = eventsOf(queue, id);
    await settled();
    started[0]?.context.progress(1, 2);
    await settled();
    started[0]?.finish();
    const events = await all;
    expect(events.map(({ state, progress }) => [state, progress?.done])).toEqual([
      ['waiting', undefined],
      ['running', undefined],
      ['running', 1],
      ['done', 1],
    ]);
    expect(await eventsOf(queue, id)).toEqual([events.at(-1)]);
  });

  it('give a slow reader the latest, and never miss the last', async () => {
    const { queue, started, held } = testQueue();
    const id = await held('a');
    await settled();
    const events = queue.events(id)[Symbol.asyncIterator]();
    await events.next();
    for (let i = 1; i <= 1000; i++) started[0]?.context.progress(i, 1000);
    expect((await events.next()).value).toMatchObject({ progress: { done: 1000 } });
    started[0]?.finish();
    await settled();
    expect((await events.next()).value).toMatchObject({ state: 'done' });
    expect((await events.next()).done).toBe(true);
  });

  it('end when their reader leaves, and the job goes on', async () => {
    const { queue, started, held } = testQueue();
    const id = await held('a');
    const controller = new AbortController();
    const events = queue.events(id, controller.signal)[Symbol.asyncIterator]();
    await events.next();
    await settled();
    await events.next();
    const last = events.next();
    controller.abort();
    expect(await last).toMatchObject({ done: true });
    started[0]?.finish(1);
    await settled();
    expect(await queue.result(id)).toBe(1);
  });
});

describe('closing', () => {
  it('takes no more, cancels what waits, and waits for what runs', async () => {
    const { queue, started, held } = testQueue();
    const [runs, waits] = [await held('a'), await held('b')];
    await settled();
    let closed = false;
    const closing = queue.close().then(() => {
      closed = true;
    });
    await expect(held('c')).rejects.toMatchObject({ code: 'unavailable' });
    expect((await queue.status(waits)).state).toBe('cancelled');
    await settled();
    expect([closed, (await queue.status(runs)).state]).toEqual([false, 'running']);
    started[0]?.finish();
    await closing;
    expect((await queue.status(runs)).state).toBe('done');
    expect(started).toHaveLength(1);
  });

  it('cancels what still runs when its time is over, and waits for that too', async () => {
    const { queue, started, held } = testQueue({ concurrency: 2 });
    const ids = [await held('a'), await held('b')];
    await settled();
    const time = new AbortController();
    const closing = queue.close(time.signal);
    time.abort();
    expect(started.map(({ context }) => context.signal.aborted)).toEqual([true, true]);
    for (const { fail } of started) fail(new Error('aborted'));
    await closing;
    for (const id of ids) expect((await queue.status(id)).state).toBe('cancelled');
  });

  it('is done at once where nothing runs', async () => {
    await testQueue().queue.close();
  });
});

describe('whatever happens', () => {
  const step = fc.oneof(
    fc.record({ do: fc.constant('enqueue' as const) }),
    fc.record({ do: fc.constantFrom('finish' as const, 'fail' as const, 'cancel' as const), at: fc.nat(20) }),
    fc.record({ do: fc.constant('wait' as const) }),
  );

  it('no more run than may, they begin in order, and a job that has ended stays as it ended', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { maxLength: 40 }),
        fc.integer({ min: 1, max: 3 }),
        async (steps, concurrency) => {
          const { queue, started, held } = testQueue({ concurrency, maxWaiting: 100 });
          const ids: string[] = [];
          const ended = new Map<string, JobState>();
          for (const one of steps) {
            if (one.do === 'enqueue') ids.push(await held(String(ids.length)));
            else if (one.do === 'wait') await settled();
            else if (one.do === 'cancel')
              await Promise.all(ids.slice(one.at, one.at + 1).map((id) => queue.cancel(id)));
            else started[one.at]?.[one.do](new Error('as the test says'));
            const jobs = await queue.list();
            expect(jobs.filter(({ state }) => state === 'running').length).toBeLessThanOrEqual(concurrency);
            for (const { id, state, endedAt } of jobs) {
              const before = ended.get(id);
              if (before !== undefined) expect(state).toBe(before);
              if (endedAt !== undefined) ended.set(id, state);
            }
          }
          const order = started.map(({ name }) => Number(name));
          expect(order).toEqual(order.toSorted((a, b) => a - b));
          const closing = queue.close();
          for (const { finish } of started) finish();
          await closing;
          expect((await queue.list()).every(({ endedAt }) => endedAt !== undefined)).toBe(true);
        },
      ),
      { numRuns: 100 },
    );
  });
});
