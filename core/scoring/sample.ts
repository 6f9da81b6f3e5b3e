import { namedStream } from '../random.ts';
import type { Job } from './job.ts';

/**
 * Which inputs of a set are scored, where not all are. Sets are often in an order, by class or by what made them, so the
 * first ones tell little of the rest: of dSprites they are squares.
 */

export interface Choice {
  /** At most this many, from the first on. */
  readonly first?: number;
  /** At most this many, spread over the set. */
  readonly sample?: { readonly count: number; readonly seed: number };
}

export interface Chosen {
  readonly count: number;
  /** Of what is a sample: inputs of the whole set. */
  readonly of?: number;
  /** Place in the whole set of the i-th that is chosen, ascending. */
  placeOf(i: number): number;
}

/**
 * One place out of each of `count` stretches of the set that are equally long (one more or less where they cannot be), in
 * its order and each at most once; the same ones for the same seed.
 * @returns `[count]`
 */
function samplePlaces(total: number, count: number, seed: number): Int32Array {
  const stream = namedStream(seed, 'inputs of the sample');
  const begin = (i: number): number => Math.floor((i * total) / count);
  return Int32Array.from({ length: count }, (_, i) => begin(i) + stream.integer(begin(i + 1) - begin(i)));
}

/** @param total inputs of the set */
export function chooseInputs(total: number, { first = total, sample }: Choice): Chosen {
  if (sample === undefined || sample.count >= total) return { count: Math.min(first, total), placeOf: (i) => i };
  const places = samplePlaces(total, sample.count, sample.seed);
  return { count: sample.count, of: total, placeOf: (i) => places[i] as number };
}

/** Where the inputs of a job stand in their set. @returns place of the i-th input of the job */
export function placesOf({ data: { count, of }, seed }: Pick<Job, 'data' | 'seed'>): (i: number) => number {
  return of === undefined ? (i) => i : chooseInputs(of, { sample: { count, seed } }).placeOf;
}

/** What of a job's set was scored, in words behind their number: ` of 10000, drawn by seed 0,`. */
export const sampleInWords = ({ data: { of }, seed }: Pick<Job, 'data' | 'seed'>): string =>
  of === undefined ? '' : ` of ${of}, drawn by seed ${seed},`;
