/** Who is present: coalitions of parts, what each is worth, and the fair shares of that. */

/** M parts. */
export interface Game {
  readonly players: number;
  /** Worth of nobody and of everybody. */
  readonly none: number;
  readonly all: number;
}

/** Coalitions with their weights in the regression; their worths are asked of the model. */
export interface Coalitions {
  /** `[count · M]`, 1 where a part is present */
  readonly masks: Uint8Array;
  /** `[count]` */
  readonly weights: Float64Array;
}

/** n over k. */
export function binomial(n: number, k: number): number {
  let result = 1;
  for (let i = 1; i <= Math.min(k, n - k); i++) result = (result * (n - i + 1)) / i;
  return Math.round(result);
}

/** Every coalition, the i-th having the parts whose bits i has. @param players M, at most 30 @returns `[2^M · M]` */
export function everyCoalition(players: number): Uint8Array {
  return Uint8Array.from({ length: 2 ** players * players }, (_, at) => {
    const coalition = Math.floor(at / players);
    return (coalition >> (at % players)) & 1;
  });
}

/**
 * Shapley's values (Shapley 1953): what each part adds to a coalition, on average over all orders in which they come.
 * They sum to v(all) − v(none), exactly.
 * @param worths `[2^M]`, in the order of `everyCoalition`
 * @returns `[M]`, in the unit of the worths
 */
export function shapleyValues(players: number, worths: Float64Array): Float64Array {
  // |S|!·(M − |S| − 1)!/M! = 1 / (M · (M − 1 over |S|))
  const weights = Array.from({ length: players }, (_, size) => 1 / (players * binomial(players - 1, size)));
  const values = new Float64Array(players);
  for (let coalition = 0; coalition < worths.length; coalition++) {
    let size = 0;
    for (let bits = coalition; bits > 0; bits >>= 1) size += bits & 1;
    for (let i = 0; i < players; i++) {
      if (((coalition >> i) & 1) === 1) continue;
      const gain = (worths[coalition | (1 << i)] as number) - (worths[coalition] as number);
      values[i] = (values[i] as number) + (weights[size] as number) * gain;
    }
  }
  return values;
}
