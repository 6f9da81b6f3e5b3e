import { defineMetric } from '../metric.ts';
import { areaUnder, complementsOf, highestFirst } from './orders.ts';
import { type Trial, tryOwn } from './trial.ts';

/** How fast does the class come when the concepts that speak most for it come in first? */

declare module '../metric.ts' {
  interface MetricScopes {
    insertion: 'set';
  }
}

/**
 * Per input, the area under the probability of the predicted class as its concepts come in one by one where all were taken away, the largest contribution first, over the share that is there (trapezium
 * rule, from none to all).
 *
 * Figure beside it: `random`, the same with a random order: the value has to be above it.
 *
 * Removal: through the decoder, as evidence/removals.ts has it: of at most 500 inputs, and of concepts that are not constant. The value
 * is the mean over the inputs that have one, and the figure `inputs` says how many; none at all without a decoder.
 */
export const insertion = defineMetric({
  name: 'insertion',
  needs: ['explanations', 'removals'],
  scope: 'set',
  direction: 'higher',
  range: [0, 1],
  sets: [],
  source: 'Petsiuk et al. 2018, "RISE: Randomized Input Sampling for Explanation of Black-box Models", section 4',
  cannotTell:
    'whether the decoded inputs with few concepts are such as the model knows; compare with random, not across models',
  measure: (evidence, options) => tryOwn(insertionTrial, evidence, options),
});

/** See `insertion`. */
export const insertionTrial: Trial = {
  plan: (a, random) =>
    [highestFirst(a), [...random.permutation(a.length)]].flatMap((order) => order.map((_, i) => order.slice(i))),
  judge: (a, base, outcomes) => {
    if (a.length === 0) return { value: null };
    const [own, random] = [outcomes.slice(0, a.length), outcomes.slice(a.length)].map((coming) =>
      areaUnder(complementsOf([...coming, base])),
    ) as [number, number];
    return { value: own, random };
  },
};
