import { defineMetric } from '../metric.ts';
import { pearson, sampleOf } from '../shared/pearson.ts';
import { type Trial, tryOwn } from './trial.ts';

/** Faithfulness estimate: does what is said to add to the logit add to it? */

declare module '../metric.ts' {
  interface MetricScopes {
    estimate: 'set';
  }
}

/**
 * Per input, Pearson's correlation over the concepts of the contribution and the fall of the predicted class's logit when the concept alone is
 * taken away. `faithfulness.decoded` is the same with the fall of the probability, which saturates where the model is sure. No value
 * where either is all equal.
 *
 * Removal: through the decoder, as evidence/removals.ts has it: of at most 500 inputs, and of concepts that are not constant. The value
 * is the mean over the inputs that have one, and the figure `inputs` says how many; none at all without a decoder.
 */
export const estimate = defineMetric({
  name: 'estimate',
  needs: ['explanations', 'removals'],
  scope: 'set',
  direction: 'higher',
  range: [-1, 1],
  sets: [],
  source:
    'Alvarez-Melis & Jaakkola 2018, "Towards Robust Interpretability with Self-Explaining Neural Networks", section 5; Quantus, FaithfulnessEstimate',
  cannotTell: 'what concepts do together: each is taken away alone',
  measure: (evidence, options) => tryOwn(estimateTrial, evidence, options),
});

/** See `estimate`. */
export const estimateTrial: Trial = {
  plan: (a) => a.map((_, player) => [player]),
  judge: (a, base, outcomes) => {
    const falls = outcomes.map(({ logit }) => base.logit - logit);
    return { value: a.length < 2 ? null : pearson(sampleOf(a), sampleOf(falls)) };
  },
};
