/** Weighted least squares with a ridge, by the normal equations: what LIME and KernelSHAP end in. */

/** A row of weights w, P explanatory values and what they are to explain. */
export interface Observations {
  readonly count: number;
  /** P, of explanatory values. */
  readonly width: number;
  /** Writes the values of row i into `row`. */
  readonly values: (i: number, row: Float64Array) => void;
  readonly target: (i: number) => number;
  readonly weight: (i: number) => number;
}

/**
 * Solves A·x = b for a symmetric positive definite A by Cholesky's decomposition, in place.
 * A pivot that is 0 up to rounding is a value that the others tell already; its coefficient is 0.
 * @param a `[P · P]`, its lower triangle @param b `[P]` @returns `[P]`
 */
function solve(a: Float64Array, b: Float64Array): Float64Array {
  const P = b.length;
  const at = (i: number, j: number): number => a[i * P + j] as number;
  const scale = Array.from({ length: P }, (_, i) => at(i, i));
  for (let j = 0; j < P; j++) {
    let pivot = at(j, j);
    for (let k = 0; k < j; k++) pivot -= at(j, k) ** 2;
    const isFree = pivot > 1e-12 * (scale[j] as number);
    const root = isFree ? Math.sqrt(pivot) : 0;
    a[j * P + j] = root;
    for (let i = j + 1; i < P; i++) {
      let sum = at(i, j);
      for (let k = 0; k < j; k++) sum -= at(i, k) * at(j, k);
      a[i * P + j] = isFree ? sum / root : 0;
    }
  }
  const x = Float64Array.from(b);
  for (let i = 0; i < P; i++) {
    let sum = x[i] as number;
    for (let k = 0; k < i; k++) sum -= at(i, k) * (x[k] as number);
    x[i] = at(i, i) === 0 ? 0 : sum / at(i, i);
  }
  for (let i = P - 1; i >= 0; i--) {
    let sum = x[i] as number;
    for (let k = i + 1; k < P; k++) sum -= at(k, i) * (x[k] as number);
    x[i] = at(i, i) === 0 ? 0 : sum / at(i, i);
  }
  return x;
}

/** Σ w·v·vᵀ and Σ w·v·y, of values and targets taken relative to a centre. */
function normalEquations(
  { count, width: P, values, target, weight }: Observations,
  center: Float64Array,
  middle: number,
): { readonly a: Float64Array; readonly b: Float64Array } {
  const [a, b, row] = [new Float64Array(P * P), new Float64Array(P), new Float64Array(P)];
  for (let i = 0; i < count; i++) {
    values(i, row);
    const w = weight(i);
    const y = target(i) - middle;
    for (let p = 0; p < P; p++) row[p] = (row[p] as number) - (center[p] as number);
    for (let p = 0; p < P; p++) {
      const wv = w * (row[p] as number);
      if (wv === 0) continue;
      b[p] = (b[p] as number) + wv * y;
      for (let q = 0; q <= p; q++) a[p * P + q] = (a[p * P + q] as number) + wv * (row[q] as number);
    }
  }
  return { a, b };
}

/** Coefficients without an intercept: the least Σ w·(y − v·x)². @returns `[P]` */
export function leastSquares(observations: Observations): Float64Array {
  const { a, b } = normalEquations(observations, new Float64Array(observations.width), 0);
  return solve(a, b);
}

/**
 * Coefficients beside an intercept that is not penalised: the least Σ w·(y − x₀ − v·x)² + alpha·‖x‖² (Hoerl & Kennard
 * 1970; weights as in scikit-learn's Ridge).
 * @returns `[P]`
 */
export function ridge(observations: Observations, alpha: number): Float64Array {
  const { count, width: P, values, target, weight } = observations;
  const [center, row] = [new Float64Array(P), new Float64Array(P)];
  let [middle, total] = [0, 0];
  for (let i = 0; i < count; i++) {
    values(i, row);
    const w = weight(i);
    total += w;
    middle += w * target(i);
    for (let p = 0; p < P; p++) center[p] = (center[p] as number) + w * (row[p] as number);
  }
  const { a, b } = normalEquations(
    observations,
    center.map((sum) => sum / total),
    middle / total,
  );
  for (let p = 0; p < P; p++) a[p * P + p] = (a[p * P + p] as number) + alpha;
  return solve(a, b);
}
