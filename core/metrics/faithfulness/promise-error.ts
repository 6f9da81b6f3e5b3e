import { defineMetric } from '../metric.ts';
import { isNoValue, noValue } from '../no-value.ts';
import { promisedMoves } from './promised-moves.ts';

/** By how much is the promise of an explanation broken? */

declare module '../metric.ts' {
  interface MetricScopes {
    'promise.error': 'set';
  }
}

/**
 * The share of what the logit does under the moves of `promise` that θ does not foretell: Σ(Δz − θ[k,c]·Δv)² / ΣΔz², Δ
 * against the mean over the five moves of a concept, the sums over all moves of all inputs. 0: the logit moves exactly as
 * promised, in direction and size; 1: no better than the promise that nothing moves it.
 *
 * Figure beside it: `inputs`, how many were moved. No value for a model without a decoder, nor where no move changes a
 * logit.
 */
export const promiseError = defineMetric({
  name: 'promise.error',
  needs: ['explanations', 'moves'],
  scope: 'set',
  direction: 'lower',
  range: [0, Number.POSITIVE_INFINITY],
  sets: ['audit'],
  source: 'senn-onnx',
  cannotTell: 'for which concepts and inputs the promise is broken: the moves that change the logit most weigh most',
  async measure({ explanations, moves: made }, { onProgress }) {
    const moves = await made(onProgress);
    if (isNoValue(moves)) return moves;
    const N = explanations.predicted.length;
    const [errors, squares] = [new Array<number>(N).fill(0), new Array<number>(N).fill(0)];
    for (const { n, promised, logits } of promisedMoves(explanations, moves)) {
      const [foretold, found] = [deviations(promised), deviations(logits)];
      found.forEach((z, i) => {
        errors[n] = (errors[n] as number) + (z - (foretold[i] as number)) ** 2;
        squares[n] = (squares[n] as number) + z ** 2;
      });
    }
    const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
    if (sum(squares) === 0) return noValue('no move of a concept changes a logit');
    const value = sum(errors) / sum(squares);
    const moved = new Set(moves.rows);
    const of = errors.map((error, n) => (moved.has(n) ? error : null));
    return { value, figures: { inputs: moves.rows.length }, terms: { of, over: squares } };
  },
});

function deviations(values: readonly number[]): number[] {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return values.map((value) => value - mean);
}
