import { defineMetric } from '../metric.ts';
import { meanOf } from '../shared/vectors.ts';

/** How much of an explanation does a small change of the input change? */

declare module '../metric.ts' {
  interface MetricScopes {
    'sensitivity.avg': 'input';
  }
}

/**
 * Average sensitivity: `sensitivity.max` with the mean over x′ in the place of the largest. Free of scale. No value where a(x) is 0.
 *
 * x′ are the 20 draws of the shared ball (evidence/ball.ts).
 */
export const sensitivityAvg = defineMetric({
  name: 'sensitivity.avg',
  needs: ['ball'],
  scope: 'input',
  direction: 'lower',
  range: [0, Number.POSITIVE_INFINITY],
  sets: [],
  source: 'Yeh et al. 2019, "On the (In)fidelity and Sensitivity of Explanations", section 4',
  cannotTell: 'the worst that a small change can do: read sensitivity.max beside it',
  measure: async ({ ball }, { onProgress }) =>
    (await ball(onProgress)).map((changes) => {
      const shares = changes.map(({ relative }) => relative.contributions);
      return shares.some(Number.isNaN) ? null : meanOf(shares);
    }),
});
