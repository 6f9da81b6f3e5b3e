import { worstOf } from '../evidence/worst-change.ts';
import { defineMetric } from '../metric.ts';

/** By which share does the explanation change, for the share by which the concepts do? */

declare module '../metric.ts' {
  interface MetricScopes {
    'lipschitz.relative': 'input';
  }
}

/**
 * `lipschitz` without its scale: per input, max over x′ of (‖Δθ[:,c]‖ / ‖θ[:,c](x)‖) / (‖Δh‖ / ‖h(x)‖). 1: θ changes by 1 % where h does.
 * No value where θ[:,c](x) or h(x) is 0.
 *
 * x′ are the 20 draws of the shared ball (evidence/ball.ts): uniform within ε = .1 of x in every value, in units of its range, and within
 * the range.
 */
export const lipschitzRelative = defineMetric({
  name: 'lipschitz.relative',
  needs: ['ball'],
  scope: 'input',
  direction: 'lower',
  range: [0, Number.POSITIVE_INFINITY],
  sets: [],
  source:
    'senn-onnx; after Alvarez-Melis & Jaakkola 2018, "On the Robustness of Interpretability Methods", and Agarwal et al. 2022',
  cannotTell: 'the worst there is: 20 draws are a lower bound',
  measure: async ({ ball }, { onProgress }) =>
    (await ball(onProgress)).map((changes) =>
      worstOf(changes, ({ relative }) => relative.relevances / relative.concepts),
    ),
});
