/** Float32 numbers for people: a float64 that holds one prints up to 17 digits, of which at most 9 mean anything. */

/** Significant digits that tell any two float32 numbers apart. */
const DIGITS = 9;

/**
 * The shortest decimal that a float32 number is the nearest to: 0.1 for what reads 0.10000000149011612 as a float64.
 * @param value a float32
 */
export function shortestDecimal(value: number): number {
  for (let digits = 1; digits < DIGITS; digits++) {
    const short = Number(value.toPrecision(digits));
    if (Math.fround(short) === value) return short;
  }
  return Number(value.toPrecision(DIGITS));
}
