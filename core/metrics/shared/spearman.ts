import { pearson } from './pearson.ts';

/** Whether two samples have the same order. */

/** The rank of each value, from 0 on; equal values share the mean of their ranks. */
export function ranksOf(values: readonly number[]): number[] {
  const order = [...values.keys()].sort((a, b) => (values[a] as number) - (values[b] as number));
  const ranks = new Array<number>(values.length);
  for (let start = 0; start < order.length; ) {
    let end = start + 1;
    while (end < order.length && values[order[end] as number] === values[order[start] as number]) end += 1;
    for (let i = start; i < end; i++) ranks[order[i] as number] = (start + end - 1) / 2;
    start = end;
  }
  return ranks;
}

/**
 * Spearman's rank correlation: Pearson's of the ranks.
 * @returns a value in [−1, 1]; `null` where the values of either are all equal
 */
export function spearman(a: readonly number[], b: readonly number[]): number | null {
  return pearson({ values: ranksOf(a), magnitude: a.length }, { values: ranksOf(b), magnitude: b.length });
}
