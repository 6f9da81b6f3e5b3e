import type { Manifest } from '../../manifest.ts';
import type { RandomStream } from '../../random.ts';
import { rangesOf } from './box.ts';
import type { Search } from './search.ts';

/** The nearest input of another class, along rays. */

/** Questions of one search, after the one about x itself. */
export const QUERIES = 400;
/** How exactly a radius is found. */
const TOLERANCE = 1e-3;

/**
 * RayS (Chen & Gu 2020, "RayS: A Ray Searching Method for Hard-label Adversarial Attack"): a direction of signs, and how far one has to go along it before the
 * class changes; signs are turned over a block at a time, the blocks half as large each round, and a turn is kept where the class changes nearer.
 * It sees only classes. Values stay within their range.
 * @returns the smallest change of any value, in units of its range, that changes the class; `null` where none was found
 */
export function* nearestOther(
  x: Float32Array,
  { input }: Pick<Manifest, 'input'>,
  random: RandomStream,
): Search<number | null> {
  const rangeOf = rangesOf(input);
  const D = x.length;
  const { predicted: c } = yield x;
  let asked = 0;
  const along = (signs: Int8Array, radius: number): Float32Array =>
    x.map((value, i) => {
      const [low, high] = rangeOf(i);
      const moved = value + (signs[i] as number) * radius * (high - low);
      return Math.min(Math.max(high, value), Math.max(Math.min(low, value), moved));
    });
  let best: number | null = null;
  /** The radius along these signs, where it is below the best one. */
  function* radiusOf(signs: Int8Array): Search<number | null> {
    let far = best ?? 1;
    asked += 1;
    if ((yield along(signs, far)).predicted === c) return null;
    let near = 0;
    while (far - near > TOLERANCE && asked < QUERIES) {
      const middle = (near + far) / 2;
      asked += 1;
      if ((yield along(signs, middle)).predicted === c) near = middle;
      else far = middle;
    }
    return far;
  }
  let signs = Int8Array.from({ length: D }, () => 1);
  best = yield* radiusOf(signs);
  for (let blocks = 1; asked < QUERIES; blocks = Math.min(D, blocks * 2)) {
    const size = Math.ceil(D / blocks);
    const order = random.permutation(Math.ceil(D / size));
    for (const block of order) {
      if (asked >= QUERIES) break;
      const turned = signs.map((sign, i) => (Math.floor(i / size) === block ? -sign : sign)) as Int8Array;
      const radius: number | null = yield* radiusOf(turned);
      if (radius !== null && (best === null || radius < best))
        [best, signs] = [radius, turned as Int8Array<ArrayBuffer>];
    }
  }
  return best;
}
