import { worstRelative } from '../evidence/worst-change.ts';
import { defineMetric } from '../metric.ts';

/** By which share does the explanation change, for the share by which the input does? */

declare module '../metric.ts' {
  interface MetricScopes {
    ris: 'input';
  }
}

/**
 * Relative input stability: per input, max over x′ of the same predicted class of (‖Δa‖ / ‖a(x)‖) / (‖Δx‖ / ‖x(x)‖), a the contributions to that class. Free of
 * scale. x′ of another class are passed over, so an input without one of its own class has no value.
 *
 * Agarwal et al. divide every entry by its own value before the length is taken, so that values near 0 alone decide: the pixels of a background make the value of
 * digits about 1e-6; and Quantus' `RelativeInputStability` gives NaN where one class changes. The ratio of lengths is the same where all entries are of
 * one size.
 *
 * x′ are the 20 draws of the shared ball (evidence/ball.ts): uniform within ε = .1 of x in every value, in units of its range, and within
 * the range.
 */
export const ris = defineMetric({
  name: 'ris',
  needs: ['ball'],
  scope: 'input',
  direction: 'lower',
  range: [0, Number.POSITIVE_INFINITY],
  sets: [],
  source: 'Agarwal et al. 2022, "Rethinking Stability for Attribution-based Explanations", section 3',
  cannotTell: 'whether the model itself changes as much, and rightly: read ros beside it',
  measure: async ({ ball }, { onProgress }) =>
    (await ball(onProgress)).map((changes) => worstRelative(changes, 'input')),
});
