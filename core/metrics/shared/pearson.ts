/**
 * A spread of at most this share of the magnitude that the values were computed at is float64 rounding:
 * the values are equal.
 */
export const EQUAL_TOLERANCE = 1e-12;

/** Deviations from the mean in units of the spread; `null` where the values are all equal up to rounding. */
function deviations(values: readonly number[], magnitude: number): number[] | null {
  let [low, high, sum] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0];
  for (const value of values) {
    low = Math.min(low, value);
    high = Math.max(high, value);
    sum += value;
  }
  const spread = high - low;
  if (spread <= EQUAL_TOLERANCE * magnitude) return null;
  const mean = sum / values.length;
  return values.map((value) => (value - mean) / spread);
}

/** Values with the magnitude of the numbers they are differences or products of, which sets their rounding. */
export interface Sample {
  readonly values: readonly number[];
  readonly magnitude: number;
}

/**
 * Pearson's correlation of two samples of equal length: Σ(a−ā)(b−b̄) / √(Σ(a−ā)²·Σ(b−b̄)²).
 * Deviations are scaled before they are squared, so that tiny drops do not underflow.
 * @returns a value in [−1, 1]; `null` where either sample is constant (see `EQUAL_TOLERANCE`)
 */
export function pearson(a: Sample, b: Sample): number | null {
  const da = deviations(a.values, a.magnitude);
  const db = deviations(b.values, b.magnitude);
  if (da === null || db === null) return null;
  let ab = 0;
  let aa = 0;
  let bb = 0;
  for (let i = 0; i < da.length; i++) {
    const x = da[i] as number;
    const y = db[i] as number;
    ab += x * y;
    aa += x * x;
    bb += y * y;
  }
  return Math.min(1, Math.max(-1, ab / Math.sqrt(aa * bb)));
}

/** Values that are rounded at their own size. */
export function sampleOf(values: readonly number[]): Sample {
  let magnitude = Number.NEGATIVE_INFINITY;
  for (const value of values) magnitude = Math.max(magnitude, Math.abs(value));
  return { values, magnitude };
}
