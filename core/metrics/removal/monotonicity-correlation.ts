import { defineMetric } from '../metric.ts';
import { spearman } from '../shared/spearman.ts';
import { type Trial, tryOwn } from './trial.ts';

/** Do larger contributions go with larger effects? */

declare module '../metric.ts' {
  interface MetricScopes {
    'monotonicity.correlation': 'set';
  }
}

/**
 * Per input, Spearman's rank correlation over the concepts of |a_k| and |Δp|, the change of the predicted class's probability when the concept alone is taken away. Free of scale. No value where either is all equal.
 *
 * Nguyen & Martinez draw what a feature is replaced by, and take the mean of (Δp / p)²; here it is one value, the training mean. The division by p is the same for all of an input's concepts and leaves
 * the ranks as they are: Quantus' `MonotonicityCorrelation` leaves it out where p < 1e-5, and fails on a batch in which that is so of some inputs alone.
 *
 * Removal: through the decoder, as evidence/removals.ts has it: of at most 500 inputs, and of concepts that are not constant. The value
 * is the mean over the inputs that have one, and the figure `inputs` says how many; none at all without a decoder.
 */
export const monotonicityCorrelation = defineMetric({
  name: 'monotonicity.correlation',
  needs: ['explanations', 'removals'],
  scope: 'set',
  direction: 'higher',
  range: [-1, 1],
  sets: [],
  source: 'Nguyen & Martinez 2020, "On quantitative aspects of model interpretability", section 3',
  cannotTell: 'the signs: sizes alone are compared; nor what concepts do together',
  measure: (evidence, options) => tryOwn(monotonicityCorrelationTrial, evidence, options),
});

/** See `monotonicity.correlation`. */
export const monotonicityCorrelationTrial: Trial = {
  plan: (a) => a.map((_, player) => [player]),
  judge: (a, base, outcomes) => {
    const changes = outcomes.map(({ complement }) => Math.abs(complement - base.complement));
    return { value: a.length < 2 ? null : spearman(a.map(Math.abs), changes) };
  },
};
