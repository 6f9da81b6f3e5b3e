/** The distribution of a metric over the inputs that have a value; figures are `null` where none has. */
export interface Summary {
  readonly count: number;
  readonly mean: number | null;
  readonly median: number | null;
  readonly q05: number | null;
  readonly q25: number | null;
  readonly q75: number | null;
  readonly q95: number | null;
  /** Inputs for which the metric is not defined; not among `count`. */
  readonly withoutValue: number;
}

/**
 * Quantile by linear interpolation between the closest ranks, as numpy's default (Hyndman & Fan 1996, type 7).
 * @param sorted ascending, at least one value
 * @param q in [0, 1]
 */
export function quantile(sorted: ArrayLike<number>, q: number): number {
  const position = q * (sorted.length - 1);
  const below = Math.floor(position);
  const low = sorted[below] as number;
  const high = sorted[Math.min(below + 1, sorted.length - 1)] as number;
  return low + (high - low) * (position - below);
}

/** @param values `[N]`, one an input; `null` where it has no value */
export function summarise(values: readonly (number | null)[]): Summary {
  const sorted = Float64Array.from(values.filter((value) => value !== null)).sort();
  const count = sorted.length;
  const at = (q: number): number | null => (count === 0 ? null : quantile(sorted, q));
  return {
    count,
    mean: count === 0 ? null : sorted.reduce((sum, value) => sum + value, 0) / count,
    median: at(0.5),
    q05: at(0.05),
    q25: at(0.25),
    q75: at(0.75),
    q95: at(0.95),
    withoutValue: values.length - count,
  };
}
