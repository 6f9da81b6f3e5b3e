/** Discrete variables: how much there is to know of one, and what another knows of it. */

/**
 * Shannon entropy of a distribution that is given by weights: H = −Σ pᵢ log pᵢ with pᵢ = wᵢ / Σw and 0·log 0 = 0.
 * @param weights at least 0, of any sum; 0 where all are 0
 * @returns nats
 */
export function entropy(weights: ArrayLike<number>): number {
  let total = 0;
  let sum = 0;
  for (let i = 0; i < weights.length; i++) {
    const w = weights[i] as number;
    total += w;
    if (w > 0) sum += w * Math.log(w);
  }
  return total === 0 ? 0 : Math.max(0, Math.log(total) - sum / total);
}

/** A discrete variable over N rows. */
export interface Discrete {
  readonly size: number;
  /** `[N]`, in `0 … size − 1` */
  readonly values: Int32Array;
}

/** Bins of equal width, from the least to the greatest value of a code (Locatello et al. 2019, appendix). */
const BINS = 20;

/** @param values `[N]`; a constant code falls into one bin */
export function binned(values: Float32Array): Discrete {
  const low = values.reduce((a, b) => Math.min(a, b));
  const high = values.reduce((a, b) => Math.max(a, b));
  const width = (high - low) / BINS;
  const bins = Int32Array.from(values, (value) =>
    width === 0 ? 0 : Math.min(BINS - 1, Math.floor((value - low) / width)),
  );
  return { size: BINS, values: bins };
}

/** How often each value occurs: `[size]`. */
export function countsOf({ size, values }: Discrete): Float64Array {
  const counts = new Float64Array(size);
  for (const value of values) counts[value] = (counts[value] as number) + 1;
  return counts;
}

/**
 * Mutual information of two variables over the same rows, from their empirical distribution:
 * I(a; b) = H(a) + H(b) − H(a, b).
 * @returns nats, at least 0
 */
export function mutualInformation(a: Discrete, b: Discrete): number {
  const joint = { size: a.size * b.size, values: a.values.map((value, n) => value * b.size + (b.values[n] as number)) };
  return Math.max(0, entropy(countsOf(a)) + entropy(countsOf(b)) - entropy(countsOf(joint)));
}
