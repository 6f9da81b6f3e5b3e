/** The few statistics that the benchmarks share. */

export const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

/** The middle value, or the mean of the two in the middle. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  return ((sorted[Math.ceil(middle) - 1] as number) + (sorted[Math.floor(middle)] as number)) / 2;
}

/** The items from the `shift`-th on, then those before it. */
export function rotated<T>(items: readonly T[], shift: number): T[] {
  const start = items.length === 0 ? 0 : shift % items.length;
  return [...items.slice(start), ...items.slice(0, start)];
}

/** The smallest value that at least `share` of them do not exceed; 0 of none. @param share from 0 to 1 */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(Math.ceil(share * sorted.length) - 1, 0)] ?? 0;
}
