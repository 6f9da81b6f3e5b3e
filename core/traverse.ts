import type { Manifest } from './manifest.ts';
import type { Tensor } from './tensor.ts';

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

/** `steps` evenly spaced values over `[centre − radius, centre + radius]`; the centre alone for one step. */
export function traversalValues(centre: number, radius: number, steps: number): number[] {
  if (steps === 1) return [centre];
  return Array.from({ length: steps }, (_, s) => centre - radius + (2 * radius * s) / (steps - 1));
}

/**
 * The concept vectors to decode: concept k takes each of `values[k]` while all others stay.
 * @param concepts `[K]`, the input's own activations
 * @param values `[K][S]`
 * @returns `[K·S, K]`, concept-major
 */
export function traversalConcepts(concepts: ArrayLike<number>, values: readonly (readonly number[])[]): Tensor {
  const K = concepts.length;
  const S = values[0]?.length ?? 0;
  const data = new Float32Array(K * S * K);
  for (let k = 0; k < K; k++) {
    for (let s = 0; s < S; s++) {
      const offset = (k * S + s) * K;
      data.set(concepts, offset);
      data[offset + k] = values[k]?.[s] as number;
    }
  }
  return { shape: [K * S, K], data };
}
