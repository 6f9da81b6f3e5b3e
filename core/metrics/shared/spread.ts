import { sizeOf } from '../../tensor.ts';

/** Which rows of a set are looked at where not all of them can be. */

/**
 * Indices of `most` of `count` rows, evenly spread over them, the same every time: of a set that is sorted by class they
 * hold every class. All of them where there are no more.
 * @returns ascending
 */
export function spreadRows(count: number, most: number): Int32Array {
  const taken = Math.min(count, Math.max(0, most));
  return Int32Array.from({ length: taken }, (_, i) => Math.floor((i * count) / taken));
}

/** Values of inputs that are held in memory for a measurement beside the scored ones: 128 MiB. */
const VALUES_IN_MEMORY = 2 ** 25;

/** How many rows are looked at: `most`, or fewer where a row is large. @param shape of a row */
export const mostRows = (most: number, shape: readonly number[]): number =>
  Math.max(1, Math.min(most, Math.floor(VALUES_IN_MEMORY / sizeOf(shape))));
