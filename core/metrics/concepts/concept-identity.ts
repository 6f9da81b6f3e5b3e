import { rowOf } from '../../tensor.ts';
import { binned, countsOf, entropy, mutualInformation } from '../disentanglement/information.ts';
import type { CodedSample, FactorColumn } from '../evidence/factors.ts';
import { defineMetric } from '../metric.ts';
import { noValue } from '../no-value.ts';

/** Is the concept that speaks for a class about what makes the class, and not about where or how large it is? */

declare module '../metric.ts' {
  interface MetricScopes {
    'concept.identity': 'class';
  }
}

/**
 * For each class the concept with the largest mean contribution to it, over the inputs that are predicted to be of it. Of
 * this concept the mutual information with the factor that is the class, over that factor's entropy, less the same for
 * whichever other factor it knows most of: 1 where the concept is the class factor and nothing else, below 0 where it is
 * rather something else, as a position. Concepts are cut into the bins of `binned`, as for `mig`.
 *
 * No value for a class that is never predicted; none at all where no factor is the class.
 */
export const conceptIdentity = defineMetric({
  name: 'concept.identity',
  needs: ['explanations', 'factors'],
  scope: 'class',
  direction: 'higher',
  range: [-1, 1],
  sets: [],
  source: 'senn-onnx; mutual information with factors: Chen et al. 2018, section 4.1',
  cannotTell: 'whether the other concepts that speak for the class are about it as well',
  async measure({ explanations: { concepts, relevances, predicted }, factors }) {
    const sample = await factors.sample();
    const label = sample.factors.find(({ name }) => name === sample.label);
    if (label === undefined) return noValue('no factor that varies is the class');
    const [, K = 0, C = 0] = relevances.shape;
    const sums = Array.from({ length: C }, () => new Float64Array(K));
    predicted.forEach((c, n) => {
      const [h, theta, sum] = [rowOf(concepts, n), rowOf(relevances, n), sums[c] as Float64Array];
      for (let k = 0; k < K; k++) sum[k] = (sum[k] as number) + (h[k] as number) * (theta[k * C + c] as number);
    });
    return sums.map((sum, c) => {
      if (!predicted.includes(c)) return null;
      const main = sum.reduce((best, value, k) => (value > (sum[best] as number) ? k : best), 0);
      return identityOf(sample, label, main);
    });
  },
});

/** How much more concept k knows of the class than of anything else, in shares of what there is to know. */
function identityOf({ codes, factors }: CodedSample, label: FactorColumn, k: number): number {
  const concept = binned(codes[k] as Float32Array);
  const known = (factor: FactorColumn) => mutualInformation(concept, factor) / entropy(countsOf(factor));
  const others = factors.filter((factor) => factor !== label).map(known);
  return known(label) - Math.max(0, ...others);
}
