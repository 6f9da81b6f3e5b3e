import type { Manifest } from '../../manifest.ts';
import type { RandomStream } from '../../random.ts';
import { randomBlock, shareAt } from './blocks.ts';
import type { Box } from './box.ts';
import type { Reading, Search } from './search.ts';

/** An input beside x of the same class whose largest contribution is another concept's. */

/** Questions of one search, after the one about x itself. */
export const QUERIES = 300;

/** By how much another concept contributes more than concept `top` does; above 0 once it is overtaken. */
function lead({ contributions }: Reading, c: number, top: number): number {
  const a = contributions.map((row) => row[c] as number);
  return Math.max(...a.filter((_, k) => k !== top)) - (a[top] as number);
}

/**
 * Square attack (Andriushchenko et al. 2020) on the explanation: begins at a random corner of the box, sets random squares to one of its
 * two ends, and keeps what brings another concept nearer to the top, while the class stays.
 * @returns `noise`: whether the first, random, change does it; `attacked`: whether any does
 */
export function* overtakeTop(
  x: Float32Array,
  { low, high }: Box,
  manifest: Pick<Manifest, 'input'>,
  random: RandomStream,
): Search<{ noise: boolean; attacked: boolean }> {
  const own = yield x;
  const c = own.predicted;
  const a = own.contributions.map((row) => row[c] as number);
  const top = a.indexOf(Math.max(...a));
  let at = x.map((_, i) => (random.integer(2) === 0 ? (low[i] as number) : (high[i] as number)));
  const first = yield at;
  const noise = first.predicted === c && lead(first, c, top) > 0;
  if (noise) return { noise, attacked: true };
  let best = first.predicted === c ? lead(first, c, top) : lead(own, c, top);
  if (first.predicted !== c) at = x.slice();
  for (let query = 1; query < QUERIES; query++) {
    const next = at.slice();
    const end = random.integer(2) === 0 ? low : high;
    for (const i of randomBlock(manifest, shareAt(query / QUERIES), random)) next[i] = end[i] as number;
    const read = yield next;
    if (read.predicted !== c) continue;
    const value = lead(read, c, top);
    if (value > 0) return { noise, attacked: true };
    if (value > best) [best, at] = [value, next];
  }
  return { noise, attacked: false };
}
