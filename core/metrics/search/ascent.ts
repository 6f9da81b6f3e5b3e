import type { RandomStream } from '../../random.ts';
import { distance } from '../shared/vectors.ts';
import type { Box } from './box.ts';
import { normal, uniform } from './draws.ts';
import type { Reading, Search } from './search.ts';

/** The steepest change of an explanation in a box, found by climbing. */

/** Questions of one search: 50 draws from the box to begin with, the rest steps from the best one so far. */
export const QUERIES = 1_000;
const DRAWS = 50;
/** Length of the first step, in units of the box's half width; then by the rule of one success in five (Rechenberg 1973). */
const FIRST_STEP = 0.5;
const GROW = 1.5;
const SHRINK = GROW ** -0.25;
const LEAST_STEP = 1e-3;
/** A change of the concepts by less than this share of them is rounding of float32, and its ratio says nothing. */
const LEAST_CHANGE = 1e-3;

/** ‖Δθ_c‖ / ‖Δh‖; 0 where the concepts have not moved beyond rounding. */
function steepness(own: Reading, changed: Reading, c: number): number {
  const column = ({ h, theta }: Reading): number[] => {
    const C = theta.length / h.length;
    return Array.from(h, (_, k) => theta[k * C + c] as number);
  };
  const moved = distance(changed.h, own.h);
  const size = Math.hypot(...own.h);
  return moved <= LEAST_CHANGE * size || moved === 0 ? 0 : distance(column(changed), column(own)) / moved;
}

/** @param x flat, in the model's units @returns the largest ratio met, and the largest among the first 20 draws */
export function* ascent(
  x: Float32Array,
  { low, high }: Box,
  random: RandomStream,
): Search<{ best: number; drawn: number }> {
  const own = yield x;
  const c = own.predicted;
  let best = 0;
  let drawn = 0;
  let at = x.slice();
  let step = FIRST_STEP;
  for (let query = 0; query < QUERIES; query++) {
    const climbing = query >= DRAWS;
    const next = x.map((_, i) => {
      const [least, most] = [low[i] as number, high[i] as number];
      if (!climbing) return least + uniform(random) * (most - least);
      const moved = (at[i] as number) + (step * (most - least) * normal(random)) / 2;
      return Math.min(most, Math.max(least, moved));
    });
    const value = steepness(own, yield next, c);
    const better = value > best;
    if (better) [best, at] = [value, next];
    if (query < 20) drawn = Math.max(drawn, value);
    if (climbing) step = Math.max(LEAST_STEP, step * (better ? GROW : SHRINK));
  }
  return { best, drawn };
}
