/**
 * Runs a task as soon as fewer tasks than the limit are running.
 * @returns what the task gives
 * @throws what it throws
 */
export type ConcurrencyLimit = <T>(task: () => Promise<T>) => Promise<T>;

/** Lets at most `most` tasks run at a time; the others wait in the order in which they came. */
export function limitConcurrency(most: number): ConcurrencyLimit {
  const waiting: (() => void)[] = [];
  let running = 0;
  return async (task) => {
    if (running < most) running += 1;
    else await new Promise<void>((resolve) => waiting.push(resolve));
    try {
      return await task();
    } finally {
      const next = waiting.shift();
      if (next === undefined) running -= 1;
      else next();
    }
  };
}
