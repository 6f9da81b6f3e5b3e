import type { Manifest } from '../manifest.ts';
import { shortestDecimal } from './float32.ts';

/** A feature outside the range that the model was trained on: it is predicted all the same, by extrapolation. */
export interface RangeWarning {
  readonly code: 'out_of_range';
  readonly feature: string;
  /** In the feature's unit. */
  readonly value: number;
  /** `[low, high]` of the manifest, in the feature's unit; in an answer, as its other numbers, rounded to float32. */
  readonly range: [number, number];
}

/**
 * What of a row lies outside the ranges of the manifest, in its order. Both are compared as float32, so that a bound
 * itself is inside however it was rounded. Images have no ranges.
 * @param row one input in the model's units; of a table `[F]`
 */
export function rangeWarnings(row: Float32Array, input: Manifest['input']): RangeWarning[] {
  if (input.kind !== 'tabular') return [];
  return input.features.flatMap(({ name, range: [low, high] }, f): RangeWarning[] => {
    const value = row[f] as number;
    if (value >= Math.fround(low) && value <= Math.fround(high)) return [];
    return [{ code: 'out_of_range', feature: name, value: shortestDecimal(value), range: [low, high] }];
  });
}
