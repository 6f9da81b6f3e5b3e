import { worstRelative } from '../evidence/worst-change.ts';
import { defineMetric } from '../metric.ts';

/** By which share does the explanation change, for the share by which the output does? */

declare module '../metric.ts' {
  interface MetricScopes {
    ros: 'input';
  }
}

/**
 * Relative output stability: per input, max over x′ of the same predicted class of (‖Δa‖ / ‖a(x)‖) / (‖Δz‖ / ‖z(x)‖), a the contributions to that class. Free of
 * scale. x′ of another class are passed over, so an input without one of its own class has no value.
 *
 * Agarwal et al. divide every entry of a by its own value before the length is taken, so that values near 0 alone decide, and Δz by nothing, so that the value depends on
 * the scale of the logits; and Quantus' `RelativeOutputStability` gives NaN where one class changes. The ratio of lengths is the same where all entries are of
 * one size.
 *
 * x′ are the 20 draws of the shared ball (evidence/ball.ts): uniform within ε = .1 of x in every value, in units of its range, and within
 * the range.
 */
export const ros = defineMetric({
  name: 'ros',
  needs: ['ball'],
  scope: 'input',
  direction: 'lower',
  range: [0, Number.POSITIVE_INFINITY],
  sets: [],
  source: 'Agarwal et al. 2022, "Rethinking Stability for Attribution-based Explanations", section 3',
  cannotTell: 'whether the output is stable: an output that hardly moves makes it large',
  measure: async ({ ball }, { onProgress }) =>
    (await ball(onProgress)).map((changes) => worstRelative(changes, 'logits')),
});
