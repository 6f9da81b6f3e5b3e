import { rowOf } from '../../tensor.ts';
import { worstOf } from '../evidence/worst-change.ts';
import { defineMetric } from '../metric.ts';
import { noValue } from '../no-value.ts';
import { nearestOther } from '../search/rays.ts';
import { MOST_SEARCHED, runSearches } from '../search/search.ts';
import { spearman } from '../shared/spearman.ts';
import { spreadRows } from '../shared/spread.ts';
import { quantile } from '../summary.ts';
import { stabilityOf } from './stability.ts';

/** How far is another class, and do stable explanations tell? */

declare module '../metric.ts' {
  interface MetricScopes {
    'attack.class': 'set';
  }
}

/**
 * The median over inputs of the smallest change in every value, in units of its range, that a search of 400 questions finds to change the predicted class
 * (search/rays.ts). Of at most 200 inputs, evenly spread over the set; one whose class no search changes counts as 1.
 *
 * Figures beside it: `changed`, the share of inputs whose class was changed; and the rank correlations over the inputs of that change with `stability`, `lipschitz`, `lipschitz.relative` and
 * `sensitivity.max`, as `with …`: −1 where the inputs with the most unstable explanations are those whose class is changed soonest, so that stability tells of robustness; about 0 where it does not.
 */
export const attackClass = defineMetric({
  name: 'attack.class',
  needs: ['explanations', 'predictor', 'ball'],
  scope: 'set',
  direction: 'higher',
  range: [0, 1],
  compares: 'inputs',
  sets: [],
  searches: true,
  source: 'Chen & Gu 2020, "RayS: A Ray Searching Method for Hard-label Adversarial Attack"',
  cannotTell: 'the smallest change there is: it is an upper bound, and gradients find smaller ones',
  async measure({ explanations, predictor, ball }, { random, onProgress }) {
    const rows = spreadRows(explanations.predicted.length, MOST_SEARCHED);
    if (predictor.manifest.classes.length < 2) return noValue('the model has one class alone');
    const searches = Array.from(rows, (n) => nearestOther(rowOf(explanations.input, n), predictor.manifest, random));
    const found = await runSearches(predictor, searches, onProgress);
    const changes = await ball();
    const stability = stabilityOf(explanations);
    const worst = (n: number, of: Parameters<typeof worstOf>[1]) => worstOf(changes[n] ?? [], of);
    const instabilities: Record<string, (n: number) => number | null> = {
      stability: (n) => stability[n] ?? null,
      lipschitz: (n) => worst(n, ({ relevances, concepts }) => relevances / concepts),
      'lipschitz.relative': (n) => worst(n, ({ relative }) => relative.relevances / relative.concepts),
      'sensitivity.max': (n) => worst(n, ({ relative }) => relative.contributions),
    };
    const radii = found.map((radius) => radius ?? 1);
    const correlations = Object.entries(instabilities).flatMap(([name, figureOf]) => {
      const pairs = Array.from(rows, (n, i) => [figureOf(n), radii[i] as number] as const).filter(([a]) => a !== null);
      const rank = spearman(
        pairs.map(([a]) => a as number),
        pairs.map(([, radius]) => radius),
      );
      return pairs.length < 3 || rank === null ? [] : [[`with ${name}`, rank] as const];
    });
    const changed = found.filter((radius) => radius !== null).length / rows.length;
    const figures = { changed, ...Object.fromEntries(correlations), inputs: rows.length };
    return {
      value: quantile(
        radii.toSorted((a, b) => a - b),
        0.5,
      ),
      figures,
    };
  },
});
