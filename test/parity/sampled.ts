import { expect } from 'vitest';

/** Estimates that were drawn, by us and by others, held against each other. */

/** Mean and squared standard error of several runs. @param runs `[seeds][…]` */
function estimate(runs: readonly (readonly number[])[]): { readonly mean: number; readonly squaredError: number }[] {
  return (runs[0] ?? []).map((_, i) => {
    const values = runs.map((run) => run[i] as number);
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
    return { mean, squaredError: squares / (values.length - 1) / values.length };
  });
}

/**
 * Two estimates of the same values by sampling: differences about as large as their standard errors, none above 4.5 of them.
 * With 8 runs of each and some 40 values the largest of chance is above 3 in every second test.
 */
export function expectSame(ours: readonly (readonly number[])[], theirs: readonly (readonly number[])[]): void {
  const [a, b] = [estimate(ours), estimate(theirs)];
  expect(a).toHaveLength(b.length);
  const errors = a.map(({ mean, squaredError }, i) => {
    const other = b[i] ?? expect.fail('another length');
    return (mean - other.mean) / Math.max(1e-9, Math.sqrt(squaredError + other.squaredError));
  });
  expect(Math.max(...errors.map(Math.abs))).toBeLessThan(4.5);
  expect(errors.reduce((sum, error) => sum + error ** 2, 0) / errors.length).toBeLessThan(2);
}
