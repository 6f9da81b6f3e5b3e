import { defineMetric } from '../metric.ts';
import { predictionGap } from './prediction-gap.ts';

/** Does the prediction stay when what is said not to matter is shaken? */

declare module '../metric.ts' {
  interface MetricScopes {
    pgu: 'set';
  }
}

/**
 * Prediction gap on the unimportant concepts: the mean of |p(x̂) − p(x̂′)|, p the probability of the predicted class, x̂ = dec(h), and
 * x̂′ = dec(h′) with noise on the quarter of the concepts (rounded up) whose contributions are smallest in size: normal, with the
 * deviation that each has over the training set; 10 draws an input, at most 300 inputs, evenly spread over the set. In [0, 1].
 *
 * Figures beside it: `random`, the same for as many concepts drawn at random, which it has to be below, and `inputs`. The removal is that of values, not of concepts: these
 * are shaken, decoded and read again. No value without a decoder or without two concepts that vary.
 *
 * OpenXAI shakes the features of a table by a deviation of .1 of their range, had its mask inverted (issue 28) and read class 0 whatever the model
 * predicted.
 */
export const pgu = defineMetric({
  name: 'pgu',
  needs: ['explanations', 'predictor'],
  scope: 'set',
  direction: 'lower',
  range: [0, 1],
  sets: [],
  source: 'Agarwal et al. 2022, "OpenXAI: Towards a Transparent Evaluation of Model Explanations", section 3',
  cannotTell:
    'which way the probability moved, and whether the rest would have moved it as much: read random and pgi beside it',
  measure: ({ explanations, predictor }, options) => predictionGap(explanations, predictor, 'least', options),
});
