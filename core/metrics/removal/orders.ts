import type { Outcome } from '../evidence/removals.ts';

/** Players that leave one after the other, and what remains of the class's probability. */

/** Indices of the values, highest first; of equals the first one first. */
export const highestFirst = (values: readonly number[]): number[] =>
  [...values.keys()].sort((a, b) => (values[b] as number) - (values[a] as number) || a - b);

/** The first one leaves, the first two, … all: `[P]` sets. */
export const leaving = (order: readonly number[]): number[][] => order.map((_, i) => order.slice(0, i + 1));

/** Sets of players drawn without replacement within a set. */
export const drawSet = (order: Int32Array, size: number): number[] => [...order.subarray(0, size)];

/** Area under a curve of P + 1 probabilities over [0, 1], by the trapezium rule. @param complements 1 − p */
export function areaUnder(complements: readonly number[]): number {
  const [first = 0, last = 0] = [complements[0], complements.at(-1)];
  const sum = complements.reduce((total, q) => total + (1 - q), 0);
  return (sum - (1 - first + 1 - last) / 2) / (complements.length - 1);
}

export const complementsOf = (outcomes: readonly Outcome[]): number[] => outcomes.map(({ complement }) => complement);

export const sumOver = (set: readonly number[], a: readonly number[]): number =>
  set.reduce((sum, player) => sum + (a[player] as number), 0);
