import { rowOf } from '../../tensor.ts';
import { EPSILON } from '../evidence/ball.ts';
import { defineMetric } from '../metric.ts';
import { noValue } from '../no-value.ts';
import { boxAround } from '../search/box.ts';
import { MOST_SEARCHED, runSearches } from '../search/search.ts';
import { overtakeTop } from '../search/top-concept.ts';
import { spreadRows } from '../shared/spread.ts';

/** Can the first reason be changed without changing the class? */

declare module '../metric.ts' {
  interface MetricScopes {
    'attack.explanation': 'set';
  }
}

/**
 * The share of inputs for which a change within ε = .1 in every value, in units of its range, makes another concept the one with the largest contribution to the
 * predicted class, while the class stays: found by at most 300 questions an input, without gradients (search/top-concept.ts), of at most 200 inputs,
 * evenly spread over the set.
 *
 * Figures beside it: `noise`, the share for which one random change of the same size does it (every value at one end or the other), and `inputs`. No value for one concept.
 */
export const attackExplanation = defineMetric({
  name: 'attack.explanation',
  needs: ['explanations', 'predictor'],
  scope: 'set',
  direction: 'lower',
  range: [0, 1],
  compares: 'inputs',
  sets: [],
  searches: true,
  source:
    'Ghorbani et al. 2019, "Interpretation of Neural Networks Is Fragile"; search: Andriushchenko et al. 2020, "Square Attack"',
  cannotTell:
    'whether the two concepts were as good as equal before, nor what a stronger search would find: it is a lower bound',
  async measure({ explanations: { input, predicted }, predictor }, { random, onProgress }) {
    const { manifest } = predictor;
    if (manifest.concepts.length < 2) return noValue('one concept alone is always the first');
    const rows = spreadRows(predicted.length, MOST_SEARCHED);
    const searches = Array.from(rows, (n) => {
      const x = rowOf(input, n);
      return overtakeTop(x, boxAround(manifest.input, x, EPSILON), manifest, random);
    });
    const results = await runSearches(predictor, searches, onProgress);
    const shareOf = (which: 'noise' | 'attacked'): number => results.filter((each) => each[which]).length / rows.length;
    return { value: shareOf('attacked'), figures: { noise: shareOf('noise'), inputs: rows.length } };
  },
});
