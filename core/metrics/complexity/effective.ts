import { defineMetric } from '../metric.ts';
import { ofContributions } from '../shared/contributions.ts';
import { entropyOf } from './entropy.ts';

/** How many concepts is an explanation made of, in effect? */

declare module '../metric.ts' {
  interface MetricScopes {
    effective: 'input';
  }
}

/**
 * exp(`entropy`), per input: the number of concepts of one size that would be as spread out. Between 1 and K, free of
 * scale. No value where every contribution is 0.
 *
 * Quantus' `EffectiveComplexity` is another figure: how many |a| lie above 1e-5 of the largest in the whole batch, which counts nearly all concepts of
 * a network, and depends on the inputs beside.
 */
export const effective = defineMetric({
  name: 'effective',
  needs: ['explanations'],
  scope: 'input',
  direction: 'lower',
  range: [1, Number.POSITIVE_INFINITY],
  sets: [],
  source: 'senn-onnx; the perplexity of a distribution, Hill 1973, "Diversity and Evenness"',
  cannotTell: 'whether the concepts that hold it are the ones that decide: for that, the leaks',
  measure: async ({ explanations }, { onProgress }) =>
    ofContributions(
      explanations,
      (contributions) => {
        const nats = entropyOf(contributions);
        return nats === null ? null : Math.exp(nats);
      },
      onProgress,
    ),
});
