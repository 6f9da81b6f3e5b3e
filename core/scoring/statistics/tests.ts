/** Whether two models differ on the same inputs: paired tests. */

/** ln Γ(x), by Lanczos' approximation (g = 7, 9 terms), good to 15 digits for x ≥ 0.5. */
function logGamma(x: number): number {
  const terms = [
    676.5203681218851, -1259.1392167224028, 771.3234287776531, -176.6150291621406, 12.507343278686905,
    -0.13857109526572012, 9.984369578019572e-6, 1.5056327351493116e-7,
  ];
  const t = x + 6.5;
  const sum = terms.reduce((total, term, i) => total + term / (x + i), 0.9999999999998099);
  return 0.5 * Math.log(2 * Math.PI) + (x - 0.5) * Math.log(t) - t + Math.log(sum);
}

/**
 * McNemar's exact test (McNemar 1947; the exact form is the sign test on the inputs of which only one is right): whether
 * two classifiers are right equally often.
 * @param first inputs of which the first alone is right @param second of which the second alone is
 * @returns the two-sided p-value: the chance of as uneven a share among `first + second` fair coins
 */
export function mcNemar(first: number, second: number): number {
  const n = first + second;
  if (first === second) return 1;
  const least = Math.min(first, second);
  const [logAll, logHalf] = [logGamma(n + 1), n * Math.LN2];
  let tail = 0;
  for (let i = 0; i <= least; i++) tail += Math.exp(logAll - logGamma(i + 1) - logGamma(n - i + 1) - logHalf);
  return Math.min(1, 2 * tail);
}

/** The chance that a standard normal variable is above z ≥ 0. */
function upperTail(z: number): number {
  // Numerical Recipes' Chebyshev fit of erfc, relative error below 1.2e-7 everywhere.
  const x = z / Math.SQRT2;
  const t = 1 / (1 + x / 2);
  const coefficients = [
    -1.26551223, 1.00002368, 0.37409196, 0.09678418, -0.18628806, 0.27886807, -1.13520398, 1.48851587, -0.82215223,
    0.17087277,
  ];
  const polynomial = coefficients.reduceRight((sum, c) => sum * t + c, 0);
  return 0.5 * t * Math.exp(-x * x + polynomial);
}

/** Differences up to which every sign is counted out; above, the sum of ranks is near enough to normal. */
const EXACT = 50;

/** How often each sum of ranks 1 … n comes about over all 2ⁿ signs, as a share. */
function sumsOfRanks(n: number): Float64Array {
  let shares = new Float64Array((n * (n + 1)) / 2 + 1);
  shares[0] = 1;
  for (let rank = 1; rank <= n; rank++) {
    const next = new Float64Array(shares.length);
    for (let sum = 0; sum < shares.length; sum++) {
      next[sum] = ((shares[sum] as number) + (sum >= rank ? (shares[sum - rank] as number) : 0)) / 2;
    }
    shares = next;
  }
  return shares;
}

/** Ranks 1 … n of the sizes, equals sharing their mean; and Σ(t³ − t) over groups of t equals. */
function ranksOf(sizes: Float64Array): { ranks: Float64Array; ties: number } {
  const order = Int32Array.from(sizes.keys()).sort((a, b) => (sizes[a] as number) - (sizes[b] as number));
  const ranks = new Float64Array(sizes.length);
  let ties = 0;
  for (let start = 0; start < order.length; ) {
    let end = start + 1;
    while (end < order.length && sizes[order[end] as number] === sizes[order[start] as number]) end += 1;
    for (let i = start; i < end; i++) ranks[order[i] as number] = (start + end + 1) / 2;
    ties += (end - start) ** 3 - (end - start);
    start = end;
  }
  return { ranks, ties };
}

/**
 * Wilcoxon's signed rank test (Wilcoxon 1945, "Individual Comparisons by Ranking Methods"): whether differences lie about
 * 0. Differences of 0 are left out, as in the paper. Exact up to 50 differences without equals; beyond, the normal
 * approximation with the variance corrected for equals, and no correction for continuity.
 * @returns the two-sided p-value; 1 where every difference is 0
 */
export function wilcoxon(differences: readonly number[]): number {
  const moved = Float64Array.from(differences.filter((difference) => difference !== 0));
  const n = moved.length;
  if (n === 0) return 1;
  const { ranks, ties } = ranksOf(moved.map(Math.abs));
  const above = ranks.reduce((sum, rank, i) => ((moved[i] as number) > 0 ? sum + rank : sum), 0);
  const least = Math.min(above, (n * (n + 1)) / 2 - above);
  if (n <= EXACT && ties === 0) {
    const tail = sumsOfRanks(n)
      .subarray(0, least + 1)
      .reduce((sum, share) => sum + share, 0);
    return Math.min(1, 2 * tail);
  }
  const variance = (n * (n + 1) * (2 * n + 1)) / 24 - ties / 48;
  return Math.min(1, 2 * upperTail(((n * (n + 1)) / 4 - least) / Math.sqrt(variance)));
}

/**
 * p-values as if each had been the only one asked for (Holm 1979, "A Simple Sequentially Rejective Multiple Test
 * Procedure"): the chance of any false alarm among them stays what is read off.
 */
export function holm(values: readonly number[]): number[] {
  const order = values.map((_, i) => i).sort((a, b) => (values[a] as number) - (values[b] as number));
  const adjusted = new Array<number>(values.length).fill(1);
  let largest = 0;
  order.forEach((at, i) => {
    largest = Math.max(largest, Math.min(1, (values.length - i) * (values[at] as number)));
    adjusted[at] = largest;
  });
  return adjusted;
}
