import { pearson } from './pearson.ts';

/**
 * What every faithfulness ends in: Pearson's correlation between contributions and the drops in probability when what
 * contributed is taken away, each drop as a difference of 1 − p, which keeps its digits where the model is sure.
 * @param values contributions
 * @param complements 1 − p as it is, then without each that contributed, in the order of the values
 * @returns `null` where either is all equal up to rounding
 */
export function dropCorrelation(values: readonly number[], [before = 0, ...without]: readonly number[]): number | null {
  return pearson(
    { values, magnitude: Math.max(...values.map(Math.abs)) },
    { values: without.map((q) => q - before), magnitude: Math.max(before, ...without) },
  );
}
