import { deviationOf } from '../concepts/variation.ts';
import type { ClassProfile, Manifest } from '../manifest.ts';

/**
 * The way from the concepts of an input to those of a class: on it each point is as near to the input as it can be for how
 * usual it is in the class. It bends to keep what inputs of the class have in all varieties, a slant or a thickness.
 */

/** How much more being usual in the class weighs than being near to the input, from the first point on to the last. */
const WEIGHTS = { first: 0.01, last: 100, count: 25 } as const;
/** Of a concept's variance in the class: what is added to it, so that one that never varies there can be weighed at all. */
const RIDGE = 1e-3;

/** The symmetric matrix with which a class weighs how usual concepts are in it: `[K][K]`, its covariance. */
function covarianceOf({ concepts, covariance }: ClassProfile, deviations: readonly number[]): number[][] {
  return concepts.map(({ deviation }, k) =>
    concepts.map((_, i) => {
      const own = covariance?.[k]?.[i] ?? (i === k ? deviation ** 2 : 0);
      return i === k ? own + RIDGE * ((deviations[k] as number) ** 2 || 1) : own;
    }),
  );
}

/** `a·x = b` by elimination with pivots. @param a `[K][K]`, not singular @param b `[K]` */
function solve(a: readonly (readonly number[])[], b: readonly number[]): number[] {
  const rows = a.map((row, k) => [...row, b[k] as number]);
  const K = rows.length;
  for (let k = 0; k < K; k++) {
    let pivot = k;
    for (let i = k + 1; i < K; i++) {
      if (Math.abs(rows[i]?.[k] as number) > Math.abs(rows[pivot]?.[k] as number)) pivot = i;
    }
    [rows[k], rows[pivot]] = [rows[pivot] as number[], rows[k] as number[]];
    const own = rows[k] as number[];
    for (const row of rows) {
      if (row === own) continue;
      const share = (row[k] as number) / (own[k] as number);
      for (let i = k; i <= K; i++) row[i] = (row[i] as number) - share * (own[i] as number);
    }
  }
  return rows.map((row, k) => (row[K] as number) / (row[k] as number));
}

/**
 * Points h′ that minimise `‖(h′ − h)/s‖² + w·(h′ − m)ᵀΣ⁻¹(h′ − m)` for growing w: with u = h′ − h and the covariance Σ of the
 * class, `(Σ·S + w·1)·u = w·(m − h)` where S is the diagonal of 1/s².
 * @param from `[K]`, h @returns `[N][K]`, nearest to `from` first; a concept that is constant stays
 */
export function wayTo(
  concepts: Pick<Manifest, 'concepts'>['concepts'],
  profile: ClassProfile,
  from: readonly number[],
): number[][] {
  const deviations = concepts.map(deviationOf);
  const moving = from.map((_, k) => k).filter((k) => (deviations[k] as number) > 0);
  const covariance = covarianceOf(profile, deviations);
  const missing = moving.map((k) => (profile.concepts[k]?.mean as number) - (from[k] as number));
  const scaled = moving.map((k) => moving.map((i) => (covariance[k]?.[i] as number) / (deviations[i] as number) ** 2));
  return Array.from({ length: WEIGHTS.count }, (_, n) => {
    const w = WEIGHTS.first * (WEIGHTS.last / WEIGHTS.first) ** (n / (WEIGHTS.count - 1));
    const move = solve(
      scaled.map((row, k) => row.map((value, i) => (i === k ? value + w : value))),
      missing.map((value) => w * value),
    );
    const point = [...from];
    moving.forEach((k, i) => {
      point[k] = (point[k] as number) + (move[i] as number);
    });
    return point;
  });
}
