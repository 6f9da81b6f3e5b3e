import type { Manifest } from '../manifest.ts';
import type { Tensor } from '../tensor.ts';

/** Steps of a traversal when nobody asks for another number, and the most one may ask for. */
export const TRAVERSAL_STEPS = { default: 7, max: 25 } as const;

/**
 * How far concept k moves to either side of the input's own activation: half the span between the
 * 5 % and the 95 % quantile of its activation over the training set. In concept units; 0 for a concept that is
 * constant, whose traversal stays where it is.
 */
export function traversalRadius({ q05, q95 }: Manifest['concepts'][number]['quantiles']): number {
  return (q95 - q05) / 2;
}

/**
 * `steps` evenly spaced values over `[centre − radius, centre + radius]`; the centre alone for one step. The middle one
 * of an odd number is the centre itself, to the last bit.
 */
export function traversalValues(centre: number, radius: number, steps: number): number[] {
  if (steps === 1) return [centre];
  return Array.from({ length: steps }, (_, s) => centre + radius * ((2 * s) / (steps - 1) - 1));
}

/** What to decode for a traversal, without decoding anything twice. */
export interface TraversalPlan {
  /** `[R, K]`: the input's own concepts, then one row for each step that moves a concept. */
  readonly concepts: Tensor;
  /** `[K][S]`: the row of each step. Where concept k takes its own activation, that is row 0. */
  readonly rows: number[][];
}

/**
 * The concept vectors to decode: concept k takes each of `values[k]` while all others stay.
 * @param concepts `[K]`, the input's own activations
 * @param values `[K][S]`
 */
export function traversalPlan(concepts: ArrayLike<number>, values: readonly (readonly number[])[]): TraversalPlan {
  const K = concepts.length;
  let R = 1;
  const rows = values.map((steps, k) => steps.map((value) => (value === concepts[k] ? 0 : R++)));
  const data = new Float32Array(R * K);
  for (let r = 0; r < R; r++) data.set(concepts, r * K);
  rows.forEach((steps, k) => {
    steps.forEach((row, s) => {
      data[row * K + k] = values[k]?.[s] as number;
    });
  });
  return { concepts: { shape: [R, K], data }, rows };
}
