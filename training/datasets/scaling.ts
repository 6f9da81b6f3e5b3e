import type { FeatureScaling, Split } from './dataset.ts';

/** Statistics of one transformed column over the training rows. */
interface Statistics {
  readonly minimum: number;
  readonly maximum: number;
  readonly mean: number;
  /** Population standard deviation, exactly 0 for a constant column. */
  readonly deviation: number;
}

const reciprocal = (value: number): number => (value === 0 ? 1 : 1 / value);

/** How a transformed column is brought near 1: z-scores, shares of its largest training value, or not at all. */
const normalisations = {
  standard: ({ mean, deviation }) => ({ shift: mean, scale: reciprocal(deviation) }),
  maximum: ({ maximum }) => ({ shift: 0, scale: reciprocal(maximum) }),
  none: () => ({ shift: 0, scale: 1 }),
} satisfies Record<string, (statistics: Statistics) => Omit<FeatureScaling, 'transform'>>;

const transforms = {
  linear: (value) => value,
  sqrt: Math.sqrt,
} satisfies Record<FeatureScaling['transform'], (value: number) => number>;

/** What is to be fitted to a column. */
export interface ScalingRule {
  readonly transform: FeatureScaling['transform'];
  readonly normalisation: keyof typeof normalisations;
}

/** A z-score: what a measurement of unknown distribution gets. */
export const standardScaling: ScalingRule = { transform: 'linear', normalisation: 'standard' };
/** For indicators, which are 0 or 1. */
export const noScaling: ScalingRule = { transform: 'linear', normalisation: 'none' };

/** Least and largest of some values. */
export function extent(values: Float64Array): [minimum: number, maximum: number] {
  return [
    values.reduce((least, value) => Math.min(least, value), Number.POSITIVE_INFINITY),
    values.reduce((most, value) => Math.max(most, value), Number.NEGATIVE_INFINITY),
  ];
}

function statisticsOf(column: Float64Array): Statistics {
  const [minimum, maximum] = extent(column);
  const mean = column.reduce((sum, value) => sum + value, 0) / column.length;
  const squares = column.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  // the rounding of the mean of a constant column must not pass for a deviation
  return { minimum, maximum, mean, deviation: minimum === maximum ? 0 : Math.sqrt(squares / column.length) };
}

/**
 * Scalings of the columns of a table, from some of its rows only.
 * @param values `[N, F]`, row by row, in the features' own units
 * @param rows indices of the training rows
 * @param rules `[F]`
 */
export function fitScaling(values: Float32Array, rows: Int32Array, rules: readonly ScalingRule[]): FeatureScaling[] {
  return rules.map(({ transform, normalisation }, f) => {
    const column = Float64Array.from(rows, (row) => transforms[transform](values[row * rules.length + f] as number));
    return { transform, ...normalisations[normalisation](statisticsOf(column)) };
  });
}

/** The same transforms, followed by z-scores over all rows of a split. @param scaling `[F]` */
export function standardScalingOf({ shape, gather }: Split, scaling: readonly FeatureScaling[]): FeatureScaling[] {
  const rows = Int32Array.from({ length: shape[0] as number }, (_, row) => row);
  const rules = scaling.map(({ transform }): ScalingRule => ({ transform, normalisation: 'standard' }));
  return fitScaling(gather(rows), rows, rules);
}
