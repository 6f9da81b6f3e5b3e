import { defineMetric } from '../metric.ts';
import { complementsOf, highestFirst } from './orders.ts';
import { type Trial, tryOwn } from './trial.ts';

/** Does the class grow more probable as concepts come in? */

declare module '../metric.ts' {
  interface MetricScopes {
    monotonicity: 'set';
  }
}

/**
 * Per input: all concepts are taken away, and come back one by one, those whose contribution is smallest in size first. 1 where the probability of the predicted class
 * never falls, else 0.
 *
 * Figures beside it: `steps`, the share of single steps at which it does not fall, and `random`, the value with a random order, which the order has to beat. A fall of at most 1e-9
 * is none. Quantus' `Monotonicity` (0.6.0) never brings a feature back: it sets those of the baseline to the baseline, so it is 1 of every explanation.
 *
 * Removal: through the decoder, as evidence/removals.ts has it: of at most 500 inputs, and of concepts that are not constant. The value
 * is the mean over the inputs that have one, and the figure `inputs` says how many; none at all without a decoder.
 */
export const monotonicity = defineMetric({
  name: 'monotonicity',
  needs: ['explanations', 'removals'],
  scope: 'set',
  direction: 'higher',
  range: [0, 1],
  sets: [],
  source:
    'Arya et al. 2019, "One Explanation Does Not Fit All: A Toolkit and Taxonomy of AI Explainability Techniques", section 6',
  cannotTell:
    'whether sizes are right; a concept that speaks against the class rightly lowers its probability, and counts as a break',
  measure: (evidence, options) => tryOwn(monotonicityTrial, evidence, options),
});

/** See `monotonicity`. */
export const monotonicityTrial: Trial = {
  plan: (a, random) => {
    const rising = highestFirst(a.map((value) => -Math.abs(value)));
    // who has not come back yet: everyone, then all but the first, … the last alone
    return [rising, [...random.permutation(a.length)]].flatMap((order) => order.map((_, i) => order.slice(i)));
  },
  judge: (a, base, outcomes) => {
    if (a.length === 0) return { value: null };
    const [own, random] = [outcomes.slice(0, a.length), outcomes.slice(a.length)].map((coming) =>
      risesOf([...complementsOf(coming), base.complement]),
    ) as [boolean[], boolean[]];
    return {
      value: own.every(Boolean) ? 1 : 0,
      steps: own.filter(Boolean).length / own.length,
      random: random.every(Boolean) ? 1 : 0,
    };
  },
};

/** A fall of the probability that is rounding. */
const ROUNDING = 1e-9;

const risesOf = (complements: readonly number[]): boolean[] =>
  complements.slice(1).map((q, i) => q <= (complements[i] as number) + ROUNDING);
