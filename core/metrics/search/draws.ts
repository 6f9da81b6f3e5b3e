import type { RandomStream } from '../../random.ts';

/** Real numbers from a stream of whole ones: the same on every machine, and easily drawn again by another program. */

/** A uniform draw from [0, 1), in steps of 2⁻³⁰. */
export const uniform = (random: RandomStream): number => random.integer(2 ** 30) / 2 ** 30;

/** A standard normal draw, of two uniform ones: √(−2 ln(1 − u))·cos 2πv (Box & Muller 1958). */
export function normal(random: RandomStream): number {
  const [u, v] = [uniform(random), uniform(random)];
  return Math.sqrt(-2 * Math.log(1 - u)) * Math.cos(2 * Math.PI * v);
}
