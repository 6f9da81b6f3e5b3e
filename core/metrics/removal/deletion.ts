import { defineMetric } from '../metric.ts';
import { areaUnder, complementsOf, highestFirst, leaving } from './orders.ts';
import { type Trial, tryOwn } from './trial.ts';

/** How fast does the class go when the concepts that speak most for it are taken away first? */

declare module '../metric.ts' {
  interface MetricScopes {
    deletion: 'set';
  }
}

/**
 * Per input, the area under the probability of the predicted class as its concepts are taken away one by one, the largest contribution first, over the share that is gone (trapezium rule, from none to all).
 *
 * Figure beside it: `random`, the same with a random order: the value has to be below it.
 *
 * Removal: through the decoder, as evidence/removals.ts has it: of at most 500 inputs, and of concepts that are not constant. The value
 * is the mean over the inputs that have one, and the figure `inputs` says how many; none at all without a decoder.
 */
export const deletion = defineMetric({
  name: 'deletion',
  needs: ['explanations', 'removals'],
  scope: 'set',
  direction: 'lower',
  range: [0, 1],
  sets: [],
  source: 'Petsiuk et al. 2018, "RISE: Randomized Input Sampling for Explanation of Black-box Models", section 4',
  cannotTell:
    'whether the decoded inputs without concepts are such as the model knows; compare with random, not across models',
  measure: (evidence, options) => tryOwn(deletionTrial, evidence, options),
});

/** See `deletion`. */
export const deletionTrial: Trial = {
  plan: (a, random) => [...leaving(highestFirst(a)), ...leaving([...random.permutation(a.length)])],
  judge: (a, base, outcomes) => {
    if (a.length === 0) return { value: null };
    const [own, random] = [outcomes.slice(0, a.length), outcomes.slice(a.length)].map((gone) =>
      areaUnder(complementsOf([base, ...gone])),
    ) as [number, number];
    return { value: own, random };
  },
};
