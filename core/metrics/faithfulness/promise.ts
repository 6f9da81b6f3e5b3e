import { defineMetric } from '../metric.ts';
import { isNoValue, noValue } from '../no-value.ts';
import { pearson } from '../shared/pearson.ts';
import { promisedMoves } from './promised-moves.ts';

/** Does the model keep what its explanation promises: does the logit move as θ says when a concept is moved? */

declare module '../metric.ts' {
  interface MetricScopes {
    promise: 'set';
  }
}

/**
 * An explanation θ[k,c]·h[k] promises that a concept set to v moves the logit of c by θ[k,c]·v. Each concept is set to
 * five quantiles of its training values, decoded, and read again by the model: Pearson's correlation over the five of
 * θ[k,c]·v and the logit of c, with θ and the predicted class c of the input as it was; the mean over the concepts, then
 * over the inputs. A concept with θ[k,c] = 0, or whose moves change no logit, promises or does nothing that could be
 * correlated, and is left out; so are constant ones.
 *
 * Figure beside it: `inputs`, how many were moved, evenly spread over the set (evidence/decoded-moves.ts). No value for a
 * model without a decoder.
 */
export const promise = defineMetric({
  name: 'promise',
  needs: ['explanations', 'moves'],
  scope: 'set',
  direction: 'higher',
  range: [-1, 1],
  sets: ['audit'],
  source: 'senn-onnx',
  cannotTell:
    'by how much the logit moves: a promise ten times too large is kept as well; read promise.error beside it',
  async measure({ explanations, moves: made }, { onProgress }) {
    const moves = await made(onProgress);
    if (isNoValue(moves)) return moves;
    const byInput = new Map<number, number[]>();
    for (const { n, promised, logits } of promisedMoves(explanations, moves)) {
      const correlation = pearson(sampleOf(promised), sampleOf(logits));
      if (correlation !== null) byInput.set(n, [...(byInput.get(n) ?? []), correlation]);
    }
    if (byInput.size === 0) return noValue('no move of a concept was promised to change a logit and did');
    const of = Array.from(explanations.predicted, (_, n) => {
      const correlations = byInput.get(n);
      return correlations === undefined ? null : meanOf(correlations);
    });
    const value = meanOf(of.filter((one) => one !== null));
    return { value, figures: { inputs: byInput.size }, terms: { of } };
  },
});

const sampleOf = (values: readonly number[]) => ({ values, magnitude: Math.max(...values.map(Math.abs)) });

const meanOf = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
