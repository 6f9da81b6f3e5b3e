import type { SetValue } from '../metric.ts';

/** The best score less the second best; where there is one alone, the second best is 0. @param scores at least 0 */
export function gapOfBestTwo(scores: readonly number[]): number {
  const [best = 0, second = 0] = scores.toSorted((a, b) => b - a);
  return best - second;
}

/** @param matrix `[K, F]` @returns column f, `[K]` */
export function columnOf(matrix: readonly (readonly number[])[], f: number): number[] {
  return matrix.map((row) => row[f] as number);
}

export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** A value with the matrix `[K, F]` that it was taken from: codes by varying factors. */
export type MatrixValue = SetValue & Required<Pick<SetValue, 'matrix'>>;
