import type { Terms } from '../../metrics/metric.ts';
import type { ResampledColumn } from './bootstrap.ts';
import { mcNemar, wilcoxon } from './tests.ts';

/** Two models on the same inputs, by one metric: input by input. */

export type PairedTest = 'mcnemar' | 'wilcoxon';

export interface Paired {
  /** Inputs of which both have a value. */
  readonly count: number;
  /** Mean of the second less mean of the first, over those. */
  readonly difference: number;
  readonly test: PairedTest;
  /** Two-sided. */
  readonly p: number;
  /** `[N]`, the difference of each input, to be resampled. */
  readonly column: ResampledColumn;
}

const isRightOrWrong = (values: readonly number[]): boolean => values.every((value) => value === 0 || value === 1);

/**
 * McNemar's exact test where both say right or wrong of each input, else Wilcoxon's signed rank test.
 * @returns `undefined` of ratios, which have no difference an input, and where no input has two values
 */
export function pair(first: Terms, second: Terms): Paired | undefined {
  if (first.over !== undefined || second.over !== undefined) return undefined;
  const of = first.of.map((value, n) => {
    const other = second.of[n] ?? null;
    return value === null || other === null ? null : other - value;
  });
  const both = of.flatMap((value, n) => (value === null ? [] : [n]));
  if (both.length === 0) return undefined;
  const differences = both.map((n) => of[n] as number);
  const binary = [first, second].every(({ of: values }) => isRightOrWrong(both.map((n) => values[n] as number)));
  const firstAlone = differences.filter((difference) => difference < 0).length;
  const secondAlone = differences.filter((difference) => difference > 0).length;
  return {
    count: both.length,
    difference: differences.reduce((sum, difference) => sum + difference, 0) / both.length,
    test: binary ? 'mcnemar' : 'wilcoxon',
    p: binary ? mcNemar(firstAlone, secondAlone) : wilcoxon(differences),
    column: { of, distribution: false },
  };
}
