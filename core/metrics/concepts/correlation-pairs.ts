import { defineMetric } from '../metric.ts';
import { noValue } from '../no-value.ts';
import { pairsOf, varyingColumns } from '../shared/columns.ts';
import { pearson } from '../shared/pearson.ts';
import { meanOf } from '../shared/vectors.ts';

/** Do concepts say the same as each other? */

declare module '../metric.ts' {
  interface MetricScopes {
    'correlation.pairs': 'set';
  }
}

/**
 * The mean over all pairs of concepts of the size of Pearson's correlation of the two over the set. Concepts that do not
 * vary over the set are left out. 0: no line tells one from another; 1: each is every other, stretched. What chance gives with N
 * inputs is about √(2 / (πN)).
 *
 * Figure beside it: `highest`, of the pair that is most alike. No value with fewer than two concepts that vary.
 */
export const correlationPairs = defineMetric({
  name: 'correlation.pairs',
  needs: ['explanations'],
  scope: 'set',
  direction: 'lower',
  range: [0, 1],
  sets: [],
  source: 'senn-onnx; Pearson 1895',
  cannotTell:
    'what is not a line: concepts that know all of each other may have none; read mutual-information beside it',
  async measure({ explanations: { concepts } }) {
    const columns = varyingColumns(concepts).map(({ values }) => Array.from(values));
    const sizes = pairsOf(columns).map(([a, b]) =>
      Math.abs(pearson({ values: a, magnitude: 0 }, { values: b, magnitude: 0 }) ?? 0),
    );
    if (sizes.length === 0) return noValue('fewer than two concepts vary over the set');
    return { value: meanOf(sizes) ?? 0, figures: { highest: Math.max(...sizes) } };
  },
});
