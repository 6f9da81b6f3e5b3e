import type { RandomStream } from '../../random.ts';
import { truncatedNormal, uniform } from '../shared/draw.ts';
import { type Bin, binOf, type Surroundings } from './surroundings.ts';

/** Rows around a row, drawn feature by feature: LIME of tables. */

/** The neighbourhood of one row. S rows, F features. */
export interface Neighbourhood {
  /** `[S · F]`, 1 where a feature is in the same bin as the row's own */
  readonly same: Uint8Array;
  /** Writes row i; called once each, in rising order. The first is the row itself. */
  readonly fill: (i: number, into: Float32Array) => void;
}

/** A bin by its share. */
function draw(bins: readonly Bin[], random: RandomStream): number {
  let at = uniform(random);
  for (let i = 0; i < bins.length; i++) {
    at -= bins[i]?.share ?? 0;
    if (at < 0) return i;
  }
  // Rounding left a little: the last bin that has any share.
  return bins.findLastIndex(({ share }) => share > 0);
}

/**
 * Each feature of a drawn row is in a bin that is drawn by its share of the training set, and within it normal with the
 * bin's mean and deviation, kept to the bin.
 */
export function neighbourhoodOf(
  row: Float32Array,
  surroundings: readonly Surroundings[],
  count: number,
  random: RandomStream,
): Neighbourhood {
  const F = row.length;
  const own = surroundings.map((one, f) => binOf(one, row[f] as number));
  const same = new Uint8Array(count * F).fill(1, 0, F);
  return {
    same,
    fill: (i, into) => {
      if (i === 0) return into.set(row);
      surroundings.forEach(({ bins }, f) => {
        const bin = draw(bins, random);
        same[i * F + f] = bin === own[f] ? 1 : 0;
        into[f] = truncatedNormal(random, bins[bin] as Bin);
      });
    },
  };
}
