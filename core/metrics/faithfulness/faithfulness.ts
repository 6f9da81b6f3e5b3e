import { aggregate, contributionsOf } from '../../artefacts/explanation.ts';
import { batchSize, rowOf } from '../../tensor.ts';
import type { Metric } from '../metric.ts';
import { pearson } from '../shared/pearson.ts';

/**
 * 1 − softmax(logits)[c], summed over the other classes: exact where the probability itself rounds to 1.
 * @param logits `[C]`
 */
function complement(logits: readonly number[], c: number): number {
  const maximum = Math.max(...logits);
  let others = 0;
  for (let i = 0; i < logits.length; i++) {
    if (i !== c) others += Math.exp((logits[i] as number) - maximum);
  }
  return others / (others + Math.exp((logits[c] as number) - maximum));
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
 * After the faithfulness experiment of Alvarez-Melis & Jaakkola 2018, "Towards Robust Interpretability with
 * Self-Explaining Neural Networks", with contributions in the place of relevances, so that a concept that is off
 * is expected to change nothing.
 */
export const faithfulness = {
  name: 'faithfulness',
  direction: 'higher',
  perInput({ concepts, relevances, predicted }, { onProgress } = {}) {
    const N = batchSize(concepts);
    const values = Array.from(predicted, (c, n) => {
      const contributions = contributionsOf(rowOf(concepts, n), rowOf(relevances, n));
      const logits = aggregate(contributions);
      const ofPredicted = contributions.map((row) => row[c] as number);
      const before = complement(logits, c);
      const without = contributions.map((row) =>
        complement(
          logits.map((logit, i) => logit - (row[i] as number)),
          c,
        ),
      );
      return pearson(
        { values: ofPredicted, magnitude: Math.max(...ofPredicted.map(Math.abs)) },
        { values: without.map((q) => q - before), magnitude: Math.max(before, ...without) },
      );
    });
    onProgress?.(N, N);
    return values;
  },
} as const satisfies Metric;
