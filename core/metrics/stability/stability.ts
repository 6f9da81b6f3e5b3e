import { batchSize } from '../../tensor.ts';
import type { Explanations } from '../evidence/explanations.ts';
import { defineMetric } from '../metric.ts';
import { distinctRows } from '../shared/distinct.ts';
import { nearestNeighbours } from '../shared/neighbours.ts';

/** The stability of the SENN paper: are inputs that are near each other explained alike? */

declare module '../metric.ts' {
  interface MetricScopes {
    stability: 'input';
  }
}

/**
 * How much the explanation of near inputs differs for the difference of their concepts: per input, the maximum
 * over its 10 nearest neighbours x′ ≠ x in the scored set of ‖θ[:,c](x) − θ[:,c](x′)‖₂ / ‖h(x) − h(x′)‖₂, with c the
 * predicted class of x on both sides. At least 0, in logits per squared concept unit.
 *
 * Distances are Euclidean over inputs in [0, 1]: images as they are, each feature of a table over its range in the
 * manifest (`unitInput`), so that a value outside its range lies outside [0, 1] as well. Equal inputs are one point,
 * represented by the first of them: in a table most rows have more than 10 duplicates, which would be their only
 * neighbours and say nothing.
 *
 * A neighbour with the same concepts and the same relevances says nothing either and is passed over. One with the
 * same concepts and other relevances makes the ratio infinite: then the input has no value, and is counted with those
 * that have none rather than spoil the mean. No value either where every neighbour is passed over, or where the input
 * has no other beside it.
 *
 * After the local Lipschitz estimate L̂ over a finite sample, with the nearest neighbours in the place of an ε-ball,
 * which in a finite set is empty for many inputs.
 */
export const stability = defineMetric({
  name: 'stability',
  needs: ['explanations'],
  scope: 'input',
  compares: 'inputs',
  direction: 'lower',
  range: [0, Number.POSITIVE_INFINITY],
  sets: ['paper'],
  source:
    'Alvarez-Melis & Jaakkola 2018, "Towards Robust Interpretability with Self-Explaining Neural Networks", section 3, and "On the Robustness of Interpretability Methods"',
  cannotTell:
    'which of two models is the more stable: concepts three times as large with relevances a third as large are the same function with a ninth of the value',
  async measure({ explanations }, { onProgress }) {
    return stabilityOf(explanations, onProgress);
  },
});

/** Neighbours that an input is held against; all the other inputs in a smaller set. */
export const NEIGHBOURS = 10;

/** ‖θ[:,c](x) − θ[:,c](x′)‖₂, logits per concept unit; c is a class, x and x′ are inputs n and m. */
function relevanceDistance({ relevances: { shape, data } }: Explanations, c: number, n: number, m: number): number {
  const [, K = 0, C = 0] = shape;
  let sum = 0;
  for (let k = 0; k < K; k++) {
    const difference = (data[(n * K + k) * C + c] as number) - (data[(m * K + k) * C + c] as number);
    sum += difference * difference;
  }
  return Math.sqrt(sum);
}

/** ‖h(x) − h(x′)‖₂, unit-free */
function conceptDistance({ concepts: { shape, data } }: Explanations, n: number, m: number): number {
  const [, K = 0] = shape;
  let sum = 0;
  for (let k = 0; k < K; k++) {
    const difference = (data[n * K + k] as number) - (data[m * K + k] as number);
    sum += difference * difference;
  }
  return Math.sqrt(sum);
}

/** See `stability`. @returns `[N]` */
export function stabilityOf(
  explanations: Explanations,
  onProgress?: (done: number, total: number) => void,
): (number | null)[] {
  const { unitInput, predicted } = explanations;
  const { rows, first, indexOf } = distinctRows(unitInput);
  const U = batchSize(rows);
  const neighbours = nearestNeighbours(rows, NEIGHBOURS, (done) => {
    onProgress?.(Math.floor((done / U) * predicted.length), predicted.length);
  });
  const count = neighbours.length / U;
  return Array.from(predicted, (c, n) => {
    const u = indexOf[n] as number;
    let worst: number | null = null;
    for (const neighbour of neighbours.subarray(u * count, (u + 1) * count)) {
      const m = first[neighbour] as number;
      const numerator = relevanceDistance(explanations, c, n, m);
      const denominator = conceptDistance(explanations, n, m);
      if (denominator === 0) {
        if (numerator === 0) continue;
        return null;
      }
      worst = Math.max(worst ?? 0, numerator / denominator);
    }
    return worst;
  });
}
