import type { Concept } from '../manifest.ts';

/** How much a concept varies over the training set, and whether it does at all. */

/** Between the 5 % and the 95 % quantile of a normal distribution lie so many of its deviations. */
const DEVIATIONS_BETWEEN = 3.29;
/** Of a concept's own size: what varies less is rounding. */
const ROUNDING = 1e-6;

/** A difference between values of a concept, 0 where it is rounding alone. */
function beyondRounding(difference: number, { mean, quantiles }: Concept): number {
  return difference > ROUNDING * Math.max(1, Math.abs(mean ?? quantiles.q50)) ? difference : 0;
}

/**
 * The standard deviation of a concept's activation over the training set, in concept units: the unit in which moves of
 * concepts are compared. A manifest that does not hold it has its quantiles, of which it is guessed as of a normal
 * distribution's, and no less than the mean is away from the median, which holds of every distribution. 0 for a concept
 * that is constant.
 */
export function deviationOf(concept: Concept): number {
  const { deviation, quantiles, mean = quantiles.q50 } = concept;
  const guess = Math.max((quantiles.q95 - quantiles.q05) / DEVIATIONS_BETWEEN, Math.abs(mean - quantiles.q50));
  return beyondRounding(deviation ?? guess, concept);
}

/**
 * Whether a concept has one value over the training set, as a bias has: then it cannot be absent, stays as it is in every
 * replacement, and is left out of what is averaged over the concepts.
 */
export const isConstant = (concept: Concept): boolean => deviationOf(concept) === 0;

/** Whether a concept can be moved within its range: its outer quantiles differ, which those of a rare one do not. */
export const hasRange = (concept: Concept): boolean =>
  beyondRounding(concept.quantiles.q95 - concept.quantiles.q05, concept) > 0;
