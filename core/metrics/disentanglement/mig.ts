import type { CodedSample } from '../evidence/factors.ts';
import { defineMetric } from '../metric.ts';
import { binned, countsOf, entropy, mutualInformation } from './information.ts';
import { columnOf, gapOfBestTwo, type MatrixValue, mean } from './matrix.ts';

/** The mutual information gap: does one code alone know each factor? */

declare module '../metric.ts' {
  interface MetricScopes {
    mig: 'set';
  }
}

/**
 * Mutual information gap: for each factor v, the mutual information I(z; v) of the best code less that of the second
 * best, over the entropy H(v); the mean over the factors. 1 where one code alone knows each factor, 0 where two know
 * as much. It says nothing against a code that knows several factors. A factor with more values than there are bins
 * stays below 1: log 20 / log 40 for forty values is the ceiling.
 *
 * `matrix`: I(z; v), nats.
 */
export const mig = defineMetric({
  name: 'mig',
  needs: ['factors'],
  scope: 'set',
  direction: 'higher',
  range: [0, 1],
  sets: [],
  source: 'Chen et al. 2018, "Isolating Sources of Disentanglement in Variational Autoencoders", section 4.1',
  cannotTell: 'whether a code that knows one factor well knows others too',
  measure: async ({ factors }) => migOf(await factors.sample()),
});

/** See `mig`. */
export function migOf({ codes, factors }: CodedSample): MatrixValue {
  const discrete = codes.map(binned);
  const matrix = discrete.map((code) => factors.map((factor) => mutualInformation(code, factor)));
  const gaps = factors.map((factor, f) => gapOfBestTwo(columnOf(matrix, f)) / entropy(countsOf(factor)));
  return { value: mean(gaps), matrix };
}
