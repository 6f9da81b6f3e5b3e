import { worstOf } from '../evidence/worst-change.ts';
import { defineMetric } from '../metric.ts';

/** How much of an explanation can a small change of the input change? */

declare module '../metric.ts' {
  interface MetricScopes {
    'sensitivity.max': 'input';
  }
}

/**
 * Max-sensitivity: per input, max over x′ of ‖a(x′) − a(x)‖ / ‖a(x)‖, a the contributions to the class predicted of x. Free of scale. No value where
 * a(x) is 0.
 *
 * Yeh et al. do not divide. Quantus' `MaxSensitivity` divides as here in 0.6.0 (before, by the length of the input: its issue 288); its changes are
 * uniform as here, by default of .2 and past the range.
 *
 * x′ are the 20 draws of the shared ball (evidence/ball.ts): uniform within ε = .1 of x in every value, in units of its range, and within
 * the range.
 */
export const sensitivityMax = defineMetric({
  name: 'sensitivity.max',
  needs: ['ball'],
  scope: 'input',
  direction: 'lower',
  range: [0, Number.POSITIVE_INFINITY],
  sets: [],
  source: 'Yeh et al. 2019, "On the (In)fidelity and Sensitivity of Explanations", section 4',
  cannotTell: 'whether the model itself changes as much, and rightly: read ros beside it',
  measure: async ({ ball }, { onProgress }) =>
    (await ball(onProgress)).map((changes) => worstOf(changes, ({ relative }) => relative.contributions)),
});
