import type { Prediction } from '../predictor.ts';

/** Values that are drawn as bars. */

/** Contributions of every concept to one class: `[K]`, logits. */
export const contributionsTo = ({ contributions }: Pick<Prediction, 'contributions'>, c: number): number[] =>
  contributions.map((row) => row[c] as number);

/** The lowest and the highest of values that are drawn on one scale, and zero, where their bars begin. */
export function barDomain(...groups: readonly (readonly number[])[]): [lowest: number, highest: number] {
  const values = groups.flat();
  return [Math.min(0, ...values), Math.max(0, ...values)];
}
