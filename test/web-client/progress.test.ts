import { describe, expect, it, vi } from 'vitest';
import { type LoadProgress, together } from '../../web-client/progress.ts';
import { createSharedTask } from '../../web-client/shared-task.ts';

describe('together', () => {
  it('adds parts up, and has no total before every part has one', () => {
    const seen: LoadProgress[] = [];
    const [first, second] = together(2, (progress) => seen.push(progress));
    first?.({ loaded: 1, total: 10 });
    second?.({ loaded: 5, total: undefined });
    second?.({ loaded: 6, total: 20 });
    first?.({ loaded: 10, total: 10 });
    expect(seen).toEqual([
      { loaded: 1, total: undefined },
      { loaded: 6, total: undefined },
      { loaded: 7, total: 30 },
      { loaded: 16, total: 30 },
    ]);
  });
});

describe('a shared task', () => {
  it('runs once for all, and tells each how far it is from then on', async () => {
    let tell: (progress: LoadProgress) => void = () => {};
    let finish: () => void = () => {};
    const task = vi.fn((onProgress: (progress: LoadProgress) => void) => {
      tell = onProgress;
      return new Promise<void>((resolve) => {
        finish = resolve;
      });
    });
    const ask = createSharedTask(task);
    const [early, late, after] = [vi.fn(), vi.fn(), vi.fn()];
    const first = ask(early);
    tell({ loaded: 3, total: 9 });
    const second = ask(late);
    expect(late.mock.calls).toEqual([[{ loaded: 3, total: 9 }]]);
    tell({ loaded: 9, total: 9 });
    finish();
    await Promise.all([first, second]);
    expect([early, late].map(({ mock }) => mock.lastCall)).toEqual([
      [{ loaded: 9, total: 9 }],
      [{ loaded: 9, total: 9 }],
    ]);
    await ask(after);
    expect(after.mock.calls).toEqual([[{ loaded: 0, total: 0 }]]);
    expect(task).toHaveBeenCalledTimes(1);
  });

  it('that failed is begun anew by the next who asks', async () => {
    const task = vi.fn().mockRejectedValueOnce(new Error('offline')).mockResolvedValue(undefined);
    const ask = createSharedTask(task);
    await expect(Promise.allSettled([ask(), ask()])).resolves.toMatchObject([
      { status: 'rejected' },
      { status: 'rejected' },
    ]);
    await expect(ask()).resolves.toBeUndefined();
    expect(task).toHaveBeenCalledTimes(2);
  });
});
