/**
 * Runs `task` with the newest value pushed: at most one run at a time, values that were overtaken are dropped, and
 * `delayOf` milliseconds pass before a run, so that a burst of pushes costs one. `task` deals with its own failures.
 */
export function createLatest<T>(task: (value: T) => Promise<void>, delayOf: (value: T) => number): (value: T) => void {
  let pending: { readonly value: T } | undefined;
  let scheduled = false;

  const run = async (): Promise<void> => {
    const next = pending;
    pending = undefined;
    try {
      if (next !== undefined) await task(next.value);
    } finally {
      scheduled = false;
      schedule();
    }
  };
  const schedule = (): void => {
    if (scheduled || pending === undefined) return;
    scheduled = true;
    setTimeout(run, delayOf(pending.value));
  };
  return (value) => {
    pending = { value };
    schedule();
  };
}
