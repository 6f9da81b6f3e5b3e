import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { type Batchable, type BatcherOptions, createBatcher } from '../../../../serve/inference/engine/batcher.ts';

interface Job extends Batchable {
  readonly name: string;
}

function job(name: string, { size = 1, ...given }: Partial<Batchable> = {}): Job {
  return { name, key: 'm', size, weight: size, wanted: () => true, ...given };
}

/** A batcher whose batches end when they are told to. */
function controlled(options: Partial<BatcherOptions<Job>> = {}) {
  const batches: string[][] = [];
  const events: string[] = [];
  const ends: (() => void)[] = [];
  const unwanted: string[] = [];
  const batcher = createBatcher<Job>({
    maxSize: 4,
    maxDelayMs: 0,
    maxQueue: 100,
    slots: 1,
    run: (jobs) => {
      batches.push(jobs.map(({ name }) => name));
      events.push(`run ${jobs.map(({ name }) => name).join('')}`);
      return new Promise((resolve) =>
        ends.push(() => resolve(() => events.push(`out ${jobs.map(({ name }) => name).join('')}`))),
      );
    },
    onUnwanted: ({ name }) => unwanted.push(name),
    ...options,
  });
  const turn = () => sleep(1);
  const end = async () => {
    ends.shift()?.();
    await turn();
  };
  return { batcher, batches, events, unwanted, turn, end };
}

describe('the batcher', () => {
  it('joins what arrives in one turn of the event loop, in the order it came, up to the largest size', async () => {
    const { batcher, batches, turn, end } = controlled();
    for (const name of 'abcdef') batcher.add(job(name));
    await turn();
    expect(batches).toEqual([['a', 'b', 'c', 'd']]);
    expect(batcher.depth()).toBe(2);
    await end();
    expect(batches).toEqual([
      ['a', 'b', 'c', 'd'],
      ['e', 'f'],
    ]);
  });

  it('lets the queue grow while all slots are busy, and the next batch with it', async () => {
    const { batcher, batches, turn, end } = controlled({ slots: 2 });
    for (const name of 'abcde') {
      batcher.add(job(name));
      await turn();
    }
    expect(batches).toEqual([['a'], ['b']]);
    await end();
    expect(batches[2]).toEqual(['c', 'd', 'e']);
  });

  it('shares what waits among the slots that are free', async () => {
    const { batcher, batches, turn } = controlled({ slots: 3 });
    for (const name of 'abcdefg') batcher.add(job(name));
    await turn();
    expect(batches).toEqual([
      ['a', 'b', 'c'],
      ['d', 'e'],
      ['f', 'g'],
    ]);
  });

  it('never joins jobs of two models, and lets neither wait for ever', async () => {
    const { batcher, batches, turn, end } = controlled();
    for (const [i, key] of ['m', 'n', 'm', 'n'].entries()) batcher.add(job(`${key}${i}`, { key }));
    await turn();
    await end();
    expect(batches).toEqual([
      ['m0', 'm2'],
      ['n1', 'n3'],
    ]);
  });

  it('counts a job by its weight; one beyond the largest size runs alone', async () => {
    const { batcher, batches, turn, end } = controlled();
    batcher.add(job('large', { size: 9 }));
    batcher.add(job('a', { weight: 3 }));
    batcher.add(job('b', { weight: 3 }));
    batcher.add(job('c'));
    await turn();
    await end();
    await end();
    expect(batches).toEqual([['large'], ['a', 'c'], ['b']]);
  });

  it('waits for company as long as it is told, and no longer', async () => {
    const { batcher, batches, turn } = controlled({ maxDelayMs: 40, slots: 2 });
    batcher.add(job('a'));
    await turn();
    expect(batches).toEqual([]);
    for (const name of 'bcd') batcher.add(job(name));
    await turn();
    expect(batches).toEqual([['a', 'b', 'c', 'd']]); // full: no need to wait
    batcher.add(job('e'));
    await sleep(80);
    expect(batches[1]).toEqual(['e']);
  });

  it('refuses what does not fit in the queue, and takes it again when there is room', async () => {
    const { batcher, turn, end } = controlled({ maxQueue: 3 });
    batcher.add(job('runs'));
    await turn();
    batcher.add(job('waits', { size: 3 }));
    expect(() => batcher.add(job('too many'))).toThrow(/3 inputs wait already; at most 3 may/);
    await end();
    expect(() => batcher.add(job('fits'))).not.toThrow();
  });

  it('drops a job that nobody waits for any more', async () => {
    const { batcher, batches, unwanted, turn, end } = controlled();
    let wanted = true;
    batcher.add(job('runs'));
    await turn();
    batcher.add(job('gone', { wanted: () => wanted }));
    batcher.add(job('there'));
    wanted = false;
    await end();
    expect([batches[1], unwanted, batcher.depth()]).toEqual([['there'], ['gone'], 0]);
  });

  it('sends the next batch before the results of the last are handed out', async () => {
    const { batcher, events, turn, end } = controlled({ maxSize: 2 });
    for (const name of 'abcd') batcher.add(job(name));
    await turn();
    await end();
    expect(events).toEqual(['run ab', 'run cd', 'out ab']);
  });

  it('is idle when nothing waits and nothing runs', async () => {
    const { batcher, turn, end } = controlled();
    let idle = false;
    batcher.add(job('a'));
    await turn();
    void batcher.idle().then(() => {
      idle = true;
    });
    await turn();
    expect(idle).toBe(false);
    await end();
    expect(idle).toBe(true);
  });
});
