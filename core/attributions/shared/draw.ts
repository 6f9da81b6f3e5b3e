import type { RandomStream } from '../../random.ts';

/** Numbers drawn from a stream. */

const STEPS = 2 ** 30;

/** Uniform in (0, 1), its ends left out. */
export const uniform = (random: RandomStream): number => (random.integer(STEPS) + 0.5) / STEPS;

/** Standard normal (Box & Muller 1958). */
export const normal = (random: RandomStream): number =>
  Math.sqrt(-2 * Math.log(uniform(random))) * Math.cos(2 * Math.PI * uniform(random));

/** A deviation that is at most this share of the width is rounding: all values are the mean. */
const ROUNDING = 1e-9;

/**
 * Normal with this mean and deviation, kept to [low, high], which the mean lies in: of candidates that are uniform or
 * normal, whichever is accepted more often, one is taken that the density accepts. Uniform of an infinite deviation.
 */
export function truncatedNormal(
  random: RandomStream,
  { low, high, mean, deviation }: Readonly<Record<'low' | 'high' | 'mean' | 'deviation', number>>,
): number {
  if (!(high > low)) return low;
  if (deviation === Number.POSITIVE_INFINITY) return low + (high - low) * uniform(random);
  if (deviation <= ROUNDING * (high - low)) return Math.min(high, Math.max(low, mean));
  const [from, to] = [(low - mean) / deviation, (high - mean) / deviation];
  const isWide = to - from > Math.sqrt(2 * Math.PI);
  for (;;) {
    const z = isWide ? normal(random) : from + (to - from) * uniform(random);
    const isTaken = isWide ? z >= from && z <= to : uniform(random) <= Math.exp((-z * z) / 2);
    if (isTaken) return mean + deviation * z;
  }
}
