import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { createLatest } from '../../web-client/page/latest.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

it('runs one task at a time and drops what was overtaken', async () => {
  const started: number[] = [];
  let running = 0;
  let most = 0;
  const push = createLatest<number>(
    async (value) => {
      started.push(value);
      running += 1;
      most = Math.max(most, running);
      await new Promise((resolve) => setTimeout(resolve, 100));
      running -= 1;
    },
    () => 10,
  );
  for (const value of [1, 2, 3]) push(value);
  await vi.advanceTimersByTimeAsync(20);
  for (const value of [4, 5]) push(value);
  await vi.advanceTimersByTimeAsync(500);
  push(6);
  await vi.advanceTimersByTimeAsync(500);
  expect(started).toEqual([3, 5, 6]);
  expect(most).toBe(1);
});
