import { countsOf, type Discrete } from './information.ts';

/**
 * Balanced accuracy (the mean over the classes of the share that is recognised) of the best classifier that cuts the
 * line by at most C − 1 thresholds and gives each interval a class. Exact, by dynamic programming over the sorted
 * rows: `best[i·C + c]` is the most that the rows so far are worth when the current one is in interval i, of class c.
 * @param values `[N]`
 * @param labels over the same rows; classes that do not occur do not count
 * @returns in [1 / C, 1], for C classes that occur
 */
export function thresholdAccuracy(values: Float32Array, labels: Discrete): number {
  const counts = countsOf(labels);
  const classes = Array.from(counts.keys()).filter((c) => (counts[c] as number) > 0);
  const C = classes.length;
  const order = Int32Array.from(values.keys()).sort((a, b) => (values[a] as number) - (values[b] as number));
  const worth = new Float64Array(C);
  const best = new Float64Array(C * C).fill(Number.NEGATIVE_INFINITY).fill(0, 0, C);

  for (let n = 0; n < order.length; ) {
    // Rows of equal value cannot be told apart: they are taken together.
    const value = values[order[n] as number];
    worth.fill(0);
    for (; n < order.length && values[order[n] as number] === value; n++) {
      const label = labels.values[order[n] as number] as number;
      const c = classes.indexOf(label);
      worth[c] = (worth[c] as number) + 1 / (C * (counts[label] as number));
    }
    for (let i = C - 1; i >= 0; i--) {
      const before = i === 0 ? Number.NEGATIVE_INFINITY : Math.max(...best.subarray((i - 1) * C, i * C));
      for (let c = 0; c < C; c++) {
        best[i * C + c] = Math.max(best[i * C + c] as number, before) + (worth[c] as number);
      }
    }
  }
  return Math.max(...best);
}
