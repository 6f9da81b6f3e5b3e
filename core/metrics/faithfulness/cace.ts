import { defineMetric } from '../metric.ts';
import { isNoValue } from '../no-value.ts';
import { meanOf } from '../shared/vectors.ts';

/** What does a concept do to the classes when it is set, whatever the explanation says? */

declare module '../metric.ts' {
  interface MetricScopes {
    cace: 'set';
  }
}

/**
 * The causal effect of concepts: E[p_c | do(h_k := q95)] − E[p_c | do(h_k := q05)], the mean over the inputs, with h_k set to its training
 * quantiles, the whole decoded and read by the model again. The value is the mean over the concepts that have a range of the largest size of it among the classes.
 *
 * Figures beside it, with their signs: for each concept the class on which its effect is largest, as `NAME → CLASS`, the first of equals (the effects on two
 * classes mirror each other); and `inputs`, how many were moved.
 * `matrix`: all effects, concepts that have a range by classes. No value for a model without a decoder.
 */
export const cace = defineMetric({
  name: 'cace',
  needs: ['predictor', 'moves'],
  scope: 'set',
  direction: 'none',
  range: [0, 1],
  sets: [],
  source: 'Goyal et al. 2019, "Explaining Classifiers with Causal Concept Effect (CaCE)", section 3',
  cannotTell: 'what a concept does between its ends, nor whether effects of opposite signs on different inputs cancel',
  async measure({ predictor: { manifest }, moves: made }, { onProgress }) {
    const moves = await made(onProgress);
    if (isNoValue(moves)) return moves;
    const C = manifest.classes.length;
    const matrix = moves.moved.map((_, m) => {
      const V = moves.values[m]?.length ?? 0;
      const at = (v: number, c: number): number => moves.probabilities[(m * V + v) * C + c] as number;
      return manifest.classes.map((_name, c) => at(V - 1, c) - at(0, c));
    });
    const strongest = matrix.map((row) => {
      const most = Math.max(...row.map(Math.abs)) - ROUNDING;
      const c = row.findIndex((effect) => Math.abs(effect) >= most);
      return { c, effect: row[c] as number };
    });
    const named = strongest.map(({ c, effect }, m) => {
      const concept = manifest.concepts[moves.moved[m] as number]?.name;
      return [`${concept} → ${manifest.classes[c]}`, effect] as const;
    });
    return {
      value: meanOf(strongest.map(({ effect }) => Math.abs(effect))) ?? 0,
      figures: { ...Object.fromEntries(named), inputs: moves.rows.length },
      matrix,
    };
  },
});

/** A difference of two effects that is rounding: it must not choose the class. */
const ROUNDING = 1e-9;
