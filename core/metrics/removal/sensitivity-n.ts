import { defineMetric } from '../metric.ts';
import { pearson, sampleOf } from '../shared/pearson.ts';
import { meanOf } from '../shared/vectors.ts';
import { drawSet, sumOver } from './orders.ts';
import { type Trial, tryOwn } from './trial.ts';

/** Sensitivity-n: do sets of every size count as much as their parts? */

declare module '../metric.ts' {
  interface MetricScopes {
    'sensitivity-n': 'set';
  }
}

/**
 * Per input, Pearson's correlation over 15 random sets of n concepts of the sum of their contributions and the fall of the predicted class's logit when the set
 * is taken away; the mean over n = 1, a quarter, a half and three quarters of the concepts (rounded, each once, below all). Sizes at which either is all equal say nothing.
 *
 * Quantus' `SensitivityN` takes for each n one set (the n highest), and correlates over the *inputs*: it mixes how sure the model is with how faithful the
 * explanation. Ancona et al. correlate over random sets within an input, as is done here.
 *
 * Removal: through the decoder, as evidence/removals.ts has it: of at most 500 inputs, and of concepts that are not constant. The value
 * is the mean over the inputs that have one, and the figure `inputs` says how many; none at all without a decoder.
 */
export const sensitivityN = defineMetric({
  name: 'sensitivity-n',
  needs: ['explanations', 'removals'],
  scope: 'set',
  direction: 'higher',
  range: [-1, 1],
  sets: [],
  source:
    'Ancona et al. 2018, "Towards better understanding of gradient-based attribution methods for Deep Neural Networks", section 4',
  cannotTell:
    'by how much the logit falls: contributions ten times too large have the same value; read infidelity beside it',
  measure: (evidence, options) => tryOwn(sensitivityNTrial, evidence, options),
});

/** See `sensitivity-n`. */
export const sensitivityNTrial: Trial = {
  plan: (a, random) =>
    sizesOf(a.length).flatMap((size) =>
      Array.from({ length: SETS }, () => drawSet(random.permutation(a.length), size)),
    ),
  judge: (a, base, outcomes, plan) => {
    const sums = plan.map((set) => sumOver(set, a));
    const falls = outcomes.map(({ logit }) => base.logit - logit);
    const correlations = sizesOf(a.length).map((_, i) => {
      const of = (values: readonly number[]) => sampleOf(values.slice(i * SETS, (i + 1) * SETS));
      return pearson(of(sums), of(falls));
    });
    return { value: meanOf(correlations) };
  },
};

/** Random sets of each size, an input. */
const SETS = 15;

/** @param count P, of the players */
function sizesOf(count: number): number[] {
  const sizes = [1, ...[0.25, 0.5, 0.75].map((share) => Math.max(1, Math.round(share * count)))];
  return [...new Set(sizes)].filter((size) => size < count);
}
