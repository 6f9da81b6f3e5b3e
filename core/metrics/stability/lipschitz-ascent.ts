import { rowOf } from '../../tensor.ts';
import { EPSILON } from '../evidence/ball.ts';
import { defineMetric } from '../metric.ts';
import { ascent } from '../search/ascent.ts';
import { boxAround } from '../search/box.ts';
import { MOST_SEARCHED, runSearches } from '../search/search.ts';
import { spreadRows } from '../shared/spread.ts';
import { meanOf } from '../shared/vectors.ts';

/** How steeply does the explanation change with the concepts, where somebody looks for the worst? */

declare module '../metric.ts' {
  interface MetricScopes {
    'lipschitz.ascent': 'set';
  }
}

/**
 * `lipschitz` with a search for the worst x′ in the place of 20 draws: 1,000 questions to the model an input, 50 draws from the ball and then
 * steps of normal noise from the best so far, longer after a success and shorter after a failure ((1+1) evolution strategy). The mean over at most 200 inputs, evenly spread over
 * the set. Changes of the concepts by less than a thousandth of their length are passed over: their ratio would be one of rounding errors.
 *
 * Figures beside it: `drawn`, the mean of the best of the first 20 draws, as `lipschitz` has it, and `inputs`.
 */
export const lipschitzAscent = defineMetric({
  name: 'lipschitz.ascent',
  needs: ['explanations', 'predictor'],
  scope: 'set',
  direction: 'lower',
  range: [0, Number.POSITIVE_INFINITY],
  compares: 'inputs',
  sets: [],
  searches: true,
  source:
    'Alvarez-Melis & Jaakkola 2018, "On the Robustness of Interpretability Methods", section 3; search: Rechenberg 1973, "Evolutionsstrategie"',
  cannotTell:
    'which of two models is the more stable (h·3 and θ/3 are the same model with a ninth of the value), nor the worst there is: it is a lower bound',
  async measure({ explanations: { input, predicted }, predictor }, { random, onProgress }) {
    const rows = spreadRows(predicted.length, MOST_SEARCHED);
    const searches = Array.from(rows, (n) => {
      const x = rowOf(input, n);
      return ascent(x, boxAround(predictor.manifest.input, x, EPSILON), random);
    });
    const results = await runSearches(predictor, searches, onProgress);
    const drawn = meanOf(results.map((result) => result.drawn)) ?? 0;
    return { value: meanOf(results.map(({ best }) => best)) ?? 0, figures: { drawn, inputs: rows.length } };
  },
});
