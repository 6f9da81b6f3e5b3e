import { worstOf } from '../evidence/worst-change.ts';
import { defineMetric } from '../metric.ts';

/** How steeply does the explanation change with the concepts, near an input? */

declare module '../metric.ts' {
  interface MetricScopes {
    lipschitz: 'input';
  }
}

/**
 * The local Lipschitz estimate of the SENN paper, by sampling: per input, max over x′ of ‖θ[:,c](x′) − θ[:,c](x)‖₂ / ‖h(x′) − h(x)‖₂, c the class predicted of x on
 * both sides. In logits per squared concept unit. x′ with the same θ and h says nothing; one with the same h and another θ leaves the input without
 * value.
 *
 * Quantus' `LocalLipschitzEstimate` divides by the change of the input, as the second paper does for explanations of any model; the SENN paper (its definition 3.2)
 * by that of the concepts, which is what is meant here.
 *
 * x′ are the 20 draws of the shared ball (evidence/ball.ts): uniform within ε = .1 of x in every value, in units of its range, and within
 * the range.
 */
export const lipschitz = defineMetric({
  name: 'lipschitz',
  needs: ['ball'],
  scope: 'input',
  direction: 'lower',
  range: [0, Number.POSITIVE_INFINITY],
  sets: [],
  source: 'Alvarez-Melis & Jaakkola 2018, "On the Robustness of Interpretability Methods", section 3',
  cannotTell:
    'which of two models is the more stable (h·3 and θ/3 are the same model with a ninth of the value; read lipschitz.relative), nor the worst there is: 20 draws miss it by far, see lipschitz.ascent',
  measure: async ({ ball }, { onProgress }) =>
    (await ball(onProgress)).map((changes) => worstOf(changes, ({ relevances, concepts }) => relevances / concepts)),
});
