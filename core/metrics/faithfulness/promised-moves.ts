import { rowOf } from '../../tensor.ts';
import type { DecodedMoves } from '../evidence/decoded-moves.ts';
import type { Explanations } from '../evidence/explanations.ts';

/** The moves of an input's concepts, as its explanation promises them and as the model then has them. */

export interface PromisedMove {
  /** Index of the input. */
  readonly n: number;
  /** `[V]`, θ[k,c]·v for each value v of concept k, c the class predicted of the input as it is: logits */
  readonly promised: readonly number[];
  /** `[V]`, the logit of c once the moved concepts are decoded and read again */
  readonly logits: readonly number[];
}

/** Input by input, concept by concept. */
export function* promisedMoves(
  { relevances, predicted }: Pick<Explanations, 'relevances' | 'predicted'>,
  { rows, moved, values, logits }: DecodedMoves,
): Generator<PromisedMove> {
  const C = relevances.shape[2] ?? 0;
  let at = 0;
  for (const n of rows) {
    const theta = rowOf(relevances, n);
    for (const [m, k] of moved.entries()) {
      const relevance = theta[k * C + (predicted[n] as number)] as number;
      const own = values[m] as readonly number[];
      yield {
        n,
        promised: own.map((value) => relevance * value),
        logits: Array.from(logits.subarray(at, at + own.length)),
      };
      at += own.length;
    }
  }
}
