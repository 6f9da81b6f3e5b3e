import { defineMetric } from '../metric.ts';
import { noValue } from '../no-value.ts';
import { contributionsTo, predictedContributions } from '../shared/contributions.ts';
import { norm } from '../shared/vectors.ts';

/** Does an explanation depend on the class that it explains? */

declare module '../metric.ts' {
  interface MetricScopes {
    'random-logit': 'input';
  }
}

/**
 * The cosine of the contributions to the predicted class and of those to another class, drawn at random, per input. 1:
 * both classes are explained alike, as by what only describes the input. Of a model with two classes and logits that mirror each
 * other −1. Free of scale. No value where all contributions to either class are 0, and none at all with one class.
 *
 * Sixt et al. and Quantus' `RandomLogit` compare by structural similarity, which is of images; concepts have no
 * neighbours, so their angle stands in its place.
 */
export const randomLogit = defineMetric({
  name: 'random-logit',
  needs: ['explanations'],
  scope: 'input',
  direction: 'lower',
  range: [-1, 1],
  sets: [],
  source: 'Sixt et al. 2020, "When Explanations Lie: Why Many Modified BP Attributions Fail", section 4',
  cannotTell: 'whether either explanation is right: only that they differ',
  async measure({ explanations }, { random, randomOf, onProgress }) {
    const { relevances, predicted } = explanations;
    const C = relevances.shape[2] ?? 0;
    if (C < 2) return noValue('the model has one class alone');
    const values = Array.from(predicted, (c, n) => {
      const other = (c + 1 + (randomOf?.(n) ?? random).integer(C - 1)) % C;
      const own = predictedContributions(explanations, n);
      const others = contributionsTo(other, explanations, n);
      const scale = norm(own) * norm(others);
      return scale === 0 ? null : own.reduce((sum, a, k) => sum + a * (others[k] as number), 0) / scale;
    });
    onProgress?.(predicted.length, predicted.length);
    return values;
  },
});
