import { fitSoftmaxRegression } from './softmax-regression.ts';

/** How far a distribution is from another, learned from rows of both. */

/**
 * KL(p ‖ q) by the density-ratio trick: the mean log odds, over rows of p that were not learned from, of a classifier that tells
 * rows of p from rows of q. Learned from the even rows of both, taken over the odd ones of p. The classifier is a logistic regression on
 * every value, and every product of two: exact where both are normal distributions.
 * @param p `[K][N]`, standardised columns @param q the same, of the other distribution
 * @returns nats; about 0 where they are the same
 */
export function fitDensityRatio(p: readonly Float32Array[], q: readonly Float32Array[]): number {
  const [own, other] = [productsOf(p), productsOf(q)];
  const learned = own.flatMap((row, n) => (n % 2 === 0 ? [row, other[n] as number[]] : []));
  const [first = [], second = []] = fitSoftmaxRegression({
    points: learned,
    labels: Int32Array.from(learned, (_, i) => i % 2),
    classes: 2,
  });
  const weights = first.map((weight, i) => weight - (second[i] as number));
  const held = own.filter((_, n) => n % 2 === 1);
  const odds = held.map((row) =>
    row.reduce((sum, value, i) => sum + value * (weights[i] as number), weights.at(-1) as number),
  );
  return odds.reduce((sum, value) => sum + value, 0) / odds.length;
}

/** `[N]` rows: the K values, then the products of each with itself and with every later one. */
function productsOf(columns: readonly Float32Array[]): number[][] {
  const N = columns[0]?.length ?? 0;
  return Array.from({ length: N }, (_, n) => {
    const row = columns.map((column) => column[n] as number);
    return [...row, ...row.flatMap((a, i) => row.slice(i).map((b) => a * b))];
  });
}
