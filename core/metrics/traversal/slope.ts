import { defineMetric } from '../metric.ts';
import { isNoValue, noValue } from '../no-value.ts';
import { conceptOfFeature } from '../shared/reference.ts';

/** Does the picture of a moved concept show the concept moved, to the model itself? */

declare module '../metric.ts' {
  interface MetricScopes {
    'traversal.slope': 'set';
  }
}

/**
 * Each concept is set to five quantiles of its training values, decoded, and read again: the slope of what is read on
 * what was set, the mean over the inputs, then over the concepts. 1: a concept moved by some amount is read back as moved
 * by as much; 0: the picture does not show it. Constant concepts are left out.
 *
 * Figures beside it: `lowest` and `highest`, of the concepts' own means; `inputs`, how many were moved, evenly spread over
 * the set (evidence/decoded-moves.ts). No value for a model without a decoder, nor where the concepts are the features of
 * a table, which nothing was learned to decode.
 */
export const traversalSlope = defineMetric({
  name: 'traversal.slope',
  needs: ['predictor', 'moves'],
  scope: 'set',
  direction: 'higher',
  range: [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY],
  sets: ['audit'],
  source: 'senn-onnx',
  cannotTell: 'whether a person sees the concept move, nor what else moves along: read traversal.spill beside it',
  async measure({ predictor: { manifest }, moves: made }, { onProgress }) {
    if (conceptOfFeature(manifest) !== undefined) {
      return noValue('the concepts are the features themselves, which nothing was learned to decode');
    }
    const moves = await made(onProgress);
    if (isNoValue(moves)) return moves;
    const K = manifest.concepts.length;
    const slopes = moves.moved.map((k, m) => moves.slopes[m * K + k] as number);
    const value = slopes.reduce((sum, slope) => sum + slope, 0) / slopes.length;
    const [lowest, highest] = [Math.min(...slopes), Math.max(...slopes)];
    return { value, figures: { lowest, highest, inputs: moves.rows.length } };
  },
});
