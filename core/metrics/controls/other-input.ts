import { rowOf } from '../../tensor.ts';
import { defineMetric } from '../metric.ts';
import { noValue } from '../no-value.ts';
import { contributionsTo } from '../shared/contributions.ts';
import { complementsWithoutEach, dropCorrelation } from '../shared/drop-correlation.ts';

/** A control of faithfulness: the explanation of one input, told of another. */

declare module '../metric.ts' {
  interface MetricScopes {
    'other-input': 'input';
  }
}

/**
 * `faithfulness` with the contributions of another input in the place of the input's own: their correlation with the
 * drops of this input, for the class predicted of it; the removal is `faithfulness`' own (a concept's row of θ set to
 * 0). Every input lends its explanation once. What is left above 0 is not about the input: a concept that speaks for a class whatever the
 * input, or a bias. `faithfulness` counts only as far as it is above this.
 *
 * No value under the conditions of `faithfulness`, and none at all for a set of one input.
 */
export const otherInput = defineMetric({
  name: 'other-input',
  needs: ['explanations'],
  scope: 'input',
  direction: 'lower',
  range: [-1, 1],
  compares: 'explanations',
  sets: [],
  source: 'senn-onnx; a permutation control of Alvarez-Melis & Jaakkola 2018, section 5',
  cannotTell: 'what makes two explanations alike: inputs of one class may rightly be explained alike',
  async measure({ explanations }, { random, onProgress }) {
    const { concepts, relevances, predicted } = explanations;
    const N = predicted.length;
    if (N < 2) return noValue('one input alone has no other whose explanation it could be given');
    const order = random.permutation(N);
    const values = new Array<number | null>(N);
    order.forEach((n, i) => {
      const m = order[(i + 1) % N] as number;
      const c = predicted[n] as number;
      const lent = contributionsTo(c, explanations, m);
      values[n] = dropCorrelation(lent, complementsWithoutEach(rowOf(concepts, n), rowOf(relevances, n), c));
    });
    onProgress?.(N, N);
    return values;
  },
});
