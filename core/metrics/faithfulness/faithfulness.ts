import { rowOf } from '../../tensor.ts';
import type { Explanations } from '../evidence/explanations.ts';
import { defineMetric } from '../metric.ts';
import { predictedContributions } from '../shared/contributions.ts';
import { complementsWithoutEach, dropCorrelation } from '../shared/drop-correlation.ts';

/** The faithfulness of the SENN paper: does what is said to matter matter? */

declare module '../metric.ts' {
  interface MetricScopes {
    faithfulness: 'input';
  }
}

/**
 * Whether the concepts said to matter do matter: per input, Pearson's correlation over the K concepts between
 * the contribution θ[k,c]·h[k] and the drop p(x) − p(x without concept k). c is the predicted class, p its
 * probability; "without" sets row k of θ to 0 for every class. In [−1, 1], unit-free.
 *
 * No value where the contributions or the drops are all equal up to rounding (`EQUAL_TOLERANCE` of the largest
 * contribution, or of the largest 1 − p), so never for K = 1. Drops are taken as differences of 1 − p, which
 * keeps its digits where the model is sure; a model so sure that 1 − p is 0 with and without every concept
 * (logits more than 745 apart) has equal drops.
 *
 * With contributions in the place of the paper's relevances, so that a concept that is off is expected to change
 * nothing.
 */
export const faithfulness = defineMetric({
  name: 'faithfulness',
  needs: ['explanations'],
  scope: 'input',
  direction: 'higher',
  range: [-1, 1],
  sets: ['audit', 'paper'],
  source:
    'Alvarez-Melis & Jaakkola 2018, "Towards Robust Interpretability with Self-Explaining Neural Networks", section 5',
  cannotTell:
    'whether concepts decide at all: for a sum the logit moves by exactly the contribution, so a high value is nearly a tautology',
  async measure({ explanations }, { onProgress }) {
    const values = faithfulnessOf(explanations);
    onProgress?.(values.length, values.length);
    return values;
  },
});

/** See `faithfulness`. @returns `[N]` */
export function faithfulnessOf(explanations: Explanations): (number | null)[] {
  const { concepts, relevances, predicted } = explanations;
  return Array.from(predicted, (c, n) =>
    dropCorrelation(
      predictedContributions(explanations, n),
      complementsWithoutEach(rowOf(concepts, n), rowOf(relevances, n), c),
    ),
  );
}
