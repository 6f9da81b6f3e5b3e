import type { Tensor } from '../../tensor.ts';
import { defineMetric } from '../metric.ts';
import { isNoValue, noValue } from '../no-value.ts';
import { conceptOfFeature } from '../shared/reference.ts';

/** What else moves when one concept is moved? */

declare module '../metric.ts' {
  interface MetricScopes {
    'traversal.spill': 'set';
  }
}

/**
 * Under the moves of `traversal.slope`: the absolute slope of every other concept, read again, on the one that was moved,
 * each in units of its standard deviation over the scored inputs; the mean over the inputs and the pairs. 0: the others
 * stay where they are; 1: they move by as many deviations as the one that is moved. Concepts that do not vary are left
 * out on both sides.
 *
 * Figure beside it: `inputs`, how many were moved. No value under the conditions of `traversal.slope`, nor with fewer
 * than two concepts that vary.
 */
export const traversalSpill = defineMetric({
  name: 'traversal.spill',
  needs: ['explanations', 'predictor', 'moves'],
  scope: 'set',
  direction: 'lower',
  range: [0, Number.POSITIVE_INFINITY],
  sets: ['audit'],
  source: 'senn-onnx',
  cannotTell: 'whether what moves along belongs together in the inputs themselves',
  async measure({ explanations, predictor: { manifest }, moves: made }, { onProgress }) {
    if (conceptOfFeature(manifest) !== undefined) {
      return noValue('the concepts are the features themselves, which nothing was learned to decode');
    }
    const moves = await made(onProgress);
    if (isNoValue(moves)) return moves;
    const K = manifest.concepts.length;
    const deviations = deviationsOf(explanations.concepts);
    const varying = moves.moved.map((k, m) => ({ k, m })).filter(({ k }) => (deviations[k] as number) > 0);
    if (varying.length < 2) return noValue('fewer than two concepts vary over the inputs');
    let sum = 0;
    for (const { k, m } of varying) {
      for (const { k: other } of varying) {
        if (other === k) continue;
        const slope = moves.absoluteSlopes[m * K + other] as number;
        sum += (slope * (deviations[k] as number)) / (deviations[other] as number);
      }
    }
    const pairs = varying.length * (varying.length - 1);
    return { value: sum / pairs, figures: { inputs: moves.rows.length } };
  },
});

/** Standard deviation of each concept over the inputs. @param concepts `[N, K]` @returns `[K]` */
function deviationsOf({ shape: [N = 0, K = 0], data }: Tensor): number[] {
  return Array.from({ length: K }, (_, k) => {
    let [mean, squares] = [0, 0];
    for (let n = 0; n < N; n++) mean += (data[n * K + k] as number) / N;
    for (let n = 0; n < N; n++) squares += ((data[n * K + k] as number) - mean) ** 2 / N;
    return Math.sqrt(squares);
  });
}
