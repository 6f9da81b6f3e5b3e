import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plus, xoroshiro128plusFromState } from 'pure-rand/generator/xoroshiro128plus';
import type { RandomGenerator } from 'pure-rand/types/RandomGenerator';

/** Every random choice of a run comes from one of these streams, all derived from the run's seed. */
export interface RandomStream {
  /** A whole number in `[0, limit)`. */
  integer(limit: number): number;
  /** A fresh seed for tfjs's own generators. */
  seed(): number;
  /** Where the stream stands, as data; `restore` takes it back there. */
  state(): readonly number[];
  restore(state: readonly number[]): void;
  /** A permutation of `0 … length − 1` (Fisher & Yates). */
  permutation(length: number): Int32Array;
}

export function randomStream(seed: number): RandomStream {
  let generator: RandomGenerator = xoroshiro128plus(seed);
  const integer = (limit: number) => uniformInt(generator, 0, limit - 1);
  return {
    integer,
    seed: () => integer(2 ** 31 - 1) || 2 ** 31 - 1, // tfjs takes 0 for no seed at all
    state: () => [...generator.getState()],
    restore: (state) => {
      generator = xoroshiro128plusFromState(state);
    },
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

/** FNV-1a over the characters of a text. @returns a 32-bit whole number */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash;
}

/** A stream for each purpose under one seed: what one of them draws does not move the others. */
export function namedStream(seed: number, name: string): RandomStream {
  return randomStream(hashOf(`${seed} ${name}`));
}

/** Numbers that a stream draws before seeds that are near each other tell nothing of what follows. */
const WARM_UP = 16;

/**
 * A stream for each purpose and input: an input draws the same whatever inputs are scored with it.
 * @param place of the input in its set
 */
export function inputStream(seed: number, name: string, place: number): RandomStream {
  const stream = namedStream(seed, `${name} ${place}`);
  for (let i = 0; i < WARM_UP; i++) stream.seed();
  return stream;
}
