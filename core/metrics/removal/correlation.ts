import { defineMetric } from '../metric.ts';
import { pearson, sampleOf } from '../shared/pearson.ts';
import { drawSet, sumOver } from './orders.ts';
import { type Trial, tryOwn } from './trial.ts';

/** Faithfulness correlation: do sets of concepts count as much as their parts? */

declare module '../metric.ts' {
  interface MetricScopes {
    correlation: 'set';
  }
}

/**
 * Per input, Pearson's correlation over 30 random sets of half of the concepts (rounded down, at least one) of the sum of their contributions and the
 * fall of the predicted class's logit when the set is taken away. No value where either is all equal.
 *
 * Quantus' `FaithfulnessCorrelation` draws 100 sets of a size that the user gives (224 pixels by default); half is where sets differ most.
 *
 * Removal: through the decoder, as evidence/removals.ts has it: of at most 500 inputs, and of concepts that are not constant. The value
 * is the mean over the inputs that have one, and the figure `inputs` says how many; none at all without a decoder.
 */
export const correlation = defineMetric({
  name: 'correlation',
  needs: ['explanations', 'removals'],
  scope: 'set',
  direction: 'higher',
  range: [-1, 1],
  sets: [],
  source: 'Bhatt et al. 2020, "Evaluating and Aggregating Feature-based Model Explanations", definition 2',
  cannotTell:
    'by how much the logit falls: contributions ten times too large have the same value; read infidelity beside it',
  measure: (evidence, options) => tryOwn(correlationTrial, evidence, options),
});

/** See `correlation`. */
export const correlationTrial: Trial = {
  plan: (a, random) =>
    Array.from({ length: SETS }, () => drawSet(random.permutation(a.length), Math.max(1, Math.floor(a.length / 2)))),
  judge: (a, base, outcomes, plan) => ({
    value: pearson(
      sampleOf(plan.map((set) => sumOver(set, a))),
      sampleOf(outcomes.map(({ logit }) => base.logit - logit)),
    ),
  }),
};

/** Random sets an input. */
const SETS = 30;
