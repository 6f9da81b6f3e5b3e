import type { CodedSample } from '../evidence/factors.ts';
import { defineMetric } from '../metric.ts';
import { binned, mutualInformation } from './information.ts';
import { type MatrixValue, mean } from './matrix.ts';

/** Does each code know one factor at most? */

declare module '../metric.ts' {
  interface MetricScopes {
    modularity: 'set';
  }
}

/**
 * For each code k, with m the mutual information of its most known factor and the information I(k, f) with each of the F: 1 −
 * Σ_{f ≠ best} I(k, f)² / (m²·(F − 1)); the mean over the codes that know anything. 1 where each knows one factor alone.
 * Codes are cut into the bins of `binned`, as for `mig`. `matrix`: I(k; f), nats.
 *
 * As published, a code that knows nothing counts 1 in some programs and 0 in others (`disentanglement_lib` divides 0 by 0 and
 * guards it); here it is left out, and the figure `codes` says how many were not. Of one factor alone there is nothing to tell, and the value is 1.
 */
export const modularity = defineMetric({
  name: 'modularity',
  needs: ['factors'],
  scope: 'set',
  direction: 'higher',
  range: [0, 1],
  sets: [],
  source: 'Ridgeway & Mozer 2018, "Learning Deep Disentangled Embeddings with the F-Statistic Loss", section 3',
  cannotTell:
    'whether every factor is known, nor whether one code is enough to know it; codes that know little count as much as others',
  measure: async ({ factors }) => modularityOf(await factors.sample()),
});

/** See `modularity`. */
export function modularityOf({ codes, factors }: CodedSample): MatrixValue {
  const matrix = codes.map(binned).map((code) => factors.map((factor) => mutualInformation(code, factor)));
  const knowing = matrix.filter((row) => Math.max(...row) > 0);
  const F = factors.length;
  const values = knowing.map((row) => {
    const most = Math.max(...row) ** 2;
    const others = row.reduce((sum, known) => sum + known ** 2, 0) - most;
    return F === 1 ? 1 : 1 - others / (most * (F - 1));
  });
  return { value: values.length === 0 ? 0 : mean(values), figures: { codes: knowing.length }, matrix };
}
