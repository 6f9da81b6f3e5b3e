import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import type { RandomGenerator } from 'pure-rand/types/RandomGenerator';

/** Every random choice of a run comes from one of these streams, all derived from the run's seed. */
export interface RandomStream {
  /** A whole number in `[0, limit)`. */
  integer(limit: number): number;
  /** A fresh seed for tfjs's own generators. */
  seed(): number;
  /** A permutation of `0 … length − 1` (Fisher & Yates). */
  permutation(length: number): Int32Array;
}

export function randomStream(seed: number): RandomStream {
  const generator: RandomGenerator = xoroshiro128plus(seed);
  const integer = (limit: number) => uniformInt(generator, 0, limit - 1);
  return {
    integer,
    seed: () => integer(2 ** 31 - 1),
    permutation: (length) => {
      const order = Int32Array.from({ length }, (_, i) => i);
      for (let i = length - 1; i > 0; i--) {
        const j = integer(i + 1);
        const swap = order[i] as number;
        order[i] = order[j] as number;
        order[j] = swap;
      }
      return order;
    },
  };
}
