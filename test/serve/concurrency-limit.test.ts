import { expect, it } from 'vitest';
import { limitConcurrency } from '../../serve/concurrency-limit.ts';

it('runs as many tasks at a time as it may, in order, whatever becomes of them', async () => {
  const turn = limitConcurrency(2);
  const started: number[] = [];
  let [running, most] = [0, 0];
  const task = (i: number) => async () => {
    started.push(i);
    running += 1;
    most = Math.max(most, running);
    await new Promise((resolve) => setTimeout(resolve, i % 3));
    running -= 1;
    if (i % 2 === 1) throw new Error(`task ${i}`);
    return i;
  };
  const results = await Promise.allSettled(Array.from({ length: 9 }, (_, i) => turn(task(i))));
  expect(most).toBe(2);
  expect(started).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8]);
  expect(results.map(({ status }) => status === 'fulfilled')).toEqual(started.map((i) => i % 2 === 0));
  expect(await turn(task(10))).toBe(10);
});
