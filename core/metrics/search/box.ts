import type { Manifest } from '../../manifest.ts';

/** Inputs near an input. */

/** The inputs whose every value lies between two: `[…]` each, flat, in the model's units. */
export interface Box {
  readonly low: Float64Array;
  readonly high: Float64Array;
}

/**
 * The inputs within ε of an input in the largest difference (L∞), ε in units of each value's range (1 for a pixel; that of the
 * manifest for a feature), and within the range itself; where the input lies outside it, up to the input.
 * @param x one input in the model's units, flat
 */
export function boxAround(description: Manifest['input'], x: Float32Array, epsilon: number): Box {
  const rangeOf = rangesOf(description);
  const [low, high] = [new Float64Array(x.length), new Float64Array(x.length)];
  x.forEach((value, i) => {
    const [least, most] = rangeOf(i);
    const reach = epsilon * (most - least);
    low[i] = Math.max(value - reach, Math.min(least, value));
    high[i] = Math.min(value + reach, Math.max(most, value));
  });
  return { low, high };
}

/** The range of each value of an input, by its index. */
export function rangesOf(description: Manifest['input']): (i: number) => readonly [low: number, high: number] {
  if (description.kind === 'image') return () => [0, 1];
  return (i) => description.features[i]?.range as [number, number];
}
