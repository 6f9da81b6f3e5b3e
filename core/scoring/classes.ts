import { rowOf } from '../tensor.ts';
import type { BatchScores } from './batch.ts';

/** What makes a class, over a whole set: what each concept contributed to it where it was the answer. */

/** Of the inputs that were given each class. C classes, K concepts. */
export interface ClassSums {
  /** `[C]`, inputs that were given the class */
  readonly counts: readonly number[];
  /** `[C]`, those of them whose class it is; empty without labels */
  readonly right: readonly number[];
  /** `[C][K]`, mean of θ[k,c]·h[k], logits; zeros for a class that was never given */
  readonly contributions: readonly (readonly number[])[];
}

/** Adds up batches, in the order in which they are given. */
export function classSums(): { add(batch: BatchScores): void; sums(): ClassSums } {
  let [K, C, labelled] = [0, 0, false];
  let [counts, right, totals] = [new Float64Array(0), new Float64Array(0), new Float64Array(0)];
  const grow = (concepts: number, classes: number): void => {
    [K, C] = [concepts, classes];
    counts = new Float64Array(C);
    right = new Float64Array(C);
    totals = new Float64Array(C * K);
  };
  return {
    add({ concepts, relevances, predicted, labels }) {
      if (C === 0) grow(relevances.shape[1] ?? 0, relevances.shape[2] ?? 0);
      labelled ||= labels !== undefined;
      predicted.forEach((c, n) => {
        const [h, theta] = [rowOf(concepts, n), rowOf(relevances, n)];
        counts[c] = (counts[c] as number) + 1;
        if (labels?.[n] === c) right[c] = (right[c] as number) + 1;
        for (let k = 0; k < K; k++) {
          totals[c * K + k] = (totals[c * K + k] as number) + (h[k] as number) * (theta[k * C + c] as number);
        }
      });
    },
    sums: () => ({
      counts: [...counts],
      right: labelled ? [...right] : [],
      contributions: Array.from(counts, (count, c) =>
        Array.from(totals.subarray(c * K, (c + 1) * K), (total) => (count === 0 ? 0 : total / count)),
      ),
    }),
  };
}
