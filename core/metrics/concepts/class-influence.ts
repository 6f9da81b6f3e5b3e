import { defineMetric } from '../metric.ts';
import { noValue } from '../no-value.ts';
import { predictedContributions } from '../shared/contributions.ts';

/** Are the inputs of a class explained alike, and those of other classes otherwise? */

declare module '../metric.ts' {
  interface MetricScopes {
    'class-influence': 'set';
  }
}

/**
 * The share of the variance of the contributions to the predicted class that lies between the predicted classes: Σ_c N_c ‖ā_c − ā‖² /
 * Σ_n ‖a_n − ā‖², with ā_c the mean over the inputs predicted to be of class c. 1: every input of a class has the same explanation;
 * 0: explanations have nothing to do with the class. Free of scale. It describes and does not judge: an explanation of the class
 * alone is no explanation of the input.
 *
 * `matrix`: ā, `[C][K]`, logits; 0 for a class that is never predicted. Figure `classes`: how many are. No value where all contributions are the same.
 */
export const classInfluence = defineMetric({
  name: 'class-influence',
  needs: ['explanations'],
  scope: 'set',
  direction: 'none',
  range: [0, 1],
  sets: [],
  source: 'senn-onnx; the correlation ratio, Fisher 1925, "Statistical Methods for Research Workers", section 45',
  cannotTell: 'which concepts it comes of: a bias whose weight differs between classes counts like any other',
  async measure({ explanations }) {
    const { predicted, relevances } = explanations;
    const [, K = 0, C = 0] = relevances.shape;
    const rows = Array.from(predicted, (_, n) => predictedContributions(explanations, n));
    const counts = new Float64Array(C);
    const sums = Array.from({ length: C }, () => new Array<number>(K).fill(0));
    const total = new Array<number>(K).fill(0);
    rows.forEach((a, n) => {
      const c = predicted[n] as number;
      counts[c] = (counts[c] as number) + 1;
      const sum = sums[c] as number[];
      a.forEach((value, k) => {
        sum[k] = (sum[k] as number) + value;
        total[k] = (total[k] as number) + value / rows.length;
      });
    });
    const matrix = sums.map((sum, c) =>
      sum.map((value) => ((counts[c] as number) > 0 ? value / (counts[c] as number) : 0)),
    );
    const squares = (row: readonly number[]): number =>
      row.reduce((sum, value, k) => sum + (value - (total[k] as number)) ** 2, 0);
    const all = rows.reduce((sum, row) => sum + squares(row), 0);
    if (all === 0) return noValue('every input has the same contributions');
    const between = matrix.reduce((sum, row, c) => {
      const count = counts[c] as number;
      return count === 0 ? sum : sum + count * squares(row);
    }, 0);
    return { value: between / all, figures: { classes: counts.filter((count) => count > 0).length }, matrix };
  },
});
