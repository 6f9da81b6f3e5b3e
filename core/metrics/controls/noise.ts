import { aggregate, contributionsOf, softmax } from '../../artefacts/explanation.ts';
import type { Manifest } from '../../manifest.ts';
import { defineMetric } from '../metric.ts';
import { uniform } from '../search/draws.ts';
import { readEach } from '../shared/read-each.ts';

/** Is the model sure where there is nothing to be sure of? */

declare module '../metric.ts' {
  interface MetricScopes {
    noise: 'set';
  }
}

/**
 * The mean probability of the predicted class over 500 inputs of uniform noise: of images every value in [0, 1], of a
 * table every feature within its range. Lowest possible is 1/C, with C classes.
 *
 * Figures beside it: `chance`, 1/C, and `highest`, the surest of them.
 */
export const noise = defineMetric({
  name: 'noise',
  needs: ['predictor'],
  scope: 'set',
  direction: 'lower',
  range: [0, 1],
  sets: [],
  source:
    'senn-onnx; after Hendrycks & Gimpel 2017, "A Baseline for Detecting Misclassified and Out-of-Distribution Examples in Neural Networks"',
  cannotTell:
    'whether the model is unsure of inputs that are strange in any other way; those of a table may not be strange',
  async measure({ predictor }, { random, onProgress }) {
    const valueAt = drawOf(predictor.manifest.input);
    let [sum, highest] = [0, 0];
    await readEach(predictor, 'input', {
      count: INPUTS,
      fill: (_, row) => {
        for (let i = 0; i < row.length; i++) row[i] = valueAt(i, uniform(random));
      },
      visit: (_, h, theta) => {
        const most = Math.max(...softmax(aggregate(contributionsOf(h, theta))));
        sum += most;
        highest = Math.max(highest, most);
      },
      onProgress: (done) => onProgress?.(done, INPUTS),
    });
    return { value: sum / INPUTS, figures: { chance: 1 / predictor.manifest.classes.length, highest } };
  },
});

/** Inputs of noise. */
const INPUTS = 500;

/** A value in the model's units from a share of its range. */
function drawOf(input: Manifest['input']): (i: number, share: number) => number {
  if (input.kind === 'image') return (_, share) => share;
  const ranges = input.features.map(({ range }) => range);
  return (i, share) => {
    const [low, high] = ranges[i] as [number, number];
    return low + share * (high - low);
  };
}
