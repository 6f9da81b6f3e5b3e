import { solvePositiveDefinite } from '../algebra/cholesky.ts';
import { deviationOf } from '../concepts/variation.ts';
import type { ClassProfile, Manifest } from '../manifest.ts';

/**
 * The way from the concepts of an input to those of a class: on it each point is as near to the input as it can be for how
 * usual it is in the class. It bends to keep what inputs of the class have in all varieties, a slant or a thickness.
 */

/** How much more being usual in the class weighs than being near to the input, from the first point on to the last. */
const WEIGHTS = { first: 0.01, last: 100, count: 25 } as const;
/** Added to a concept's variance in the class, so that one that never varies there can be weighed at all. */
const RIDGE = 1e-3;

/**
 * Points h′ that minimise `‖(h′ − h)/s‖² + w·(h′ − m)ᵀΣ⁻¹(h′ − m)` for growing w: in units of the deviations s, with the
 * covariance C of the class in these units, v = (h′ − h)/s solves `(C + w·1)·v = w·(m − h)/s`.
 * @param from `[K]`, h @returns `[N][K]`, nearest to `from` first; a concept that is constant stays
 */
export function wayTo(
  concepts: Manifest['concepts'],
  { concepts: inClass, covariance }: ClassProfile,
  from: readonly number[],
): number[][] {
  const deviations = concepts.map(deviationOf);
  const moving = [...from.keys()].filter((k) => (deviations[k] as number) > 0);
  const scaleOf = (k: number): number => deviations[k] as number;
  const varianceOf = (k: number, i: number): number =>
    covariance?.[k]?.[i] ?? (i === k ? (inClass[k] as ClassProfile['concepts'][number]).deviation ** 2 : 0);
  const missing = moving.map((k) => ((inClass[k]?.mean as number) - (from[k] as number)) / scaleOf(k));
  const D = moving.length;
  const scaled = moving.flatMap((k) => moving.map((i) => varianceOf(k, i) / (scaleOf(k) * scaleOf(i))));
  return Array.from({ length: WEIGHTS.count }, (_, n) => {
    const w = WEIGHTS.first * (WEIGHTS.last / WEIGHTS.first) ** (n / (WEIGHTS.count - 1));
    const weighed = Float64Array.from(scaled, (value, at) => (at % (D + 1) === 0 ? value + RIDGE + w : value));
    const move = solvePositiveDefinite(
      weighed,
      Float64Array.from(missing, (value) => w * value),
    );
    const point = [...from];
    moving.forEach((k, i) => {
      point[k] = (point[k] as number) + scaleOf(k) * (move[i] as number);
    });
    return point;
  });
}
