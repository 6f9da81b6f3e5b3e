import type { Tensor } from '../../../core/tensor.ts';
import { conceptDistance } from './ends.ts';

/** Concepts by contrast: pairs of training inputs that differ in one concept and in nothing else that the model sees. */

/** Pairs of a concept, at most. */
export const CONTRASTS = 3;
/** Inputs of each end among which pairs are looked for, at most: 500 · 500 distances a concept, whatever the set. */
const CANDIDATES = 500;
/** Share of the training set that an end is, at most. */
const END_SHARE = 0.25;
/** Deviations of the concept that the two of a pair are apart, at least. */
const LEAST_GAP = 1;

/**
 * The pairs of concept k. Candidates are the 500 inputs of highest and the 500 of lowest activation, of a small set the
 * quarters at its ends. Of all pairs of a high and a low candidate that are at least one deviation of h_k apart, those are
 * taken that are nearest in the other concepts, each in units of its deviation (`conceptDistance`); no input stands in two
 * pairs, and of pairs as near the one of more extreme inputs comes first. So the same activations give the same pairs.
 * @param scaled `[N, K]`, in deviations
 * @param highest indices of the inputs, highest activation of k first
 * @param lowest indices of the inputs, lowest activation of k first
 * @param others indices of the concepts besides k that are not constant
 * @returns `[high, low]` each, the nearest pair first; none where no two inputs are so far apart
 */
export function contrastsOf(
  scaled: Tensor,
  k: number,
  highest: readonly number[],
  lowest: readonly number[],
  others: readonly number[],
): [number, number][] {
  const [N = 0, K = 0] = scaled.shape;
  const most = Math.min(CANDIDATES, Math.ceil(N * END_SHARE));
  const [highs, lows] = [highest.slice(0, most), lowest.slice(0, most)];
  const at = (n: number): number => scaled.data[n * K + k] as number;
  const distances = new Float64Array(highs.length * lows.length);
  highs.forEach((high, i) => {
    lows.forEach((low, j) => {
      const isContrast = at(high) - at(low) >= LEAST_GAP;
      distances[i * lows.length + j] = isContrast
        ? conceptDistance(scaled, high, low, others)
        : Number.POSITIVE_INFINITY;
    });
  });
  const pairs: [number, number][] = [];
  while (pairs.length < CONTRASTS) {
    let best = -1;
    for (let p = 0; p < distances.length; p++) {
      const isNearer = (distances[p] as number) < (best < 0 ? Number.POSITIVE_INFINITY : (distances[best] as number));
      if (isNearer) best = p;
    }
    if (best < 0) break;
    const [i, j] = [Math.floor(best / lows.length), best % lows.length];
    pairs.push([highs[i] as number, lows[j] as number]);
    distances.fill(Number.POSITIVE_INFINITY, i * lows.length, (i + 1) * lows.length);
    for (let row = 0; row < highs.length; row++) distances[row * lows.length + j] = Number.POSITIVE_INFINITY;
  }
  return pairs;
}
