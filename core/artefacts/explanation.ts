import { SennError } from '../errors.ts';
import { rowOf, type Tensor } from '../tensor.ts';

/** The explanation itself: what each concept contributes to each class, and the prediction that the contributions sum to. */

/** One input's prediction taken apart. K concepts, C classes. */
export interface Explanation {
  /** `[K]`, h(x), unit-free */
  readonly concepts: number[];
  /** `[K][C]`, θ(x), logits per concept unit */
  readonly relevances: number[][];
  /** `[K][C]`, θ[k,c]·h[k], logits; the column sums are the logits */
  readonly contributions: number[][];
  /** `[C]`, f(x) = Σ_k θ[k,c]·h[k] (Alvarez-Melis & Jaakkola 2018, eq. 3 with g = sum) */
  readonly logits: number[];
  /** `[C]`, softmax of the logits */
  readonly probabilities: number[];
}

/** Probabilities of `[C]` logits, shifted by their maximum so that nothing overflows. */
export function softmax(logits: ArrayLike<number>): number[] {
  let maximum = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < logits.length; i++) maximum = Math.max(maximum, logits[i] as number);
  const values: number[] = [];
  let total = 0;
  for (let i = 0; i < logits.length; i++) {
    const exponential = Math.exp((logits[i] as number) - maximum);
    values.push(exponential);
    total += exponential;
  }
  for (let i = 0; i < values.length; i++) values[i] = (values[i] as number) / total;
  return values;
}

/** Index of the largest value; the first one of equals. */
export function argmax(values: ArrayLike<number>): number {
  let best = 0;
  for (let i = 1; i < values.length; i++) {
    if ((values[i] as number) > (values[best] as number)) best = i;
  }
  return best;
}

/** A part as a list: in a third of the time of `Array.from`, which walks an iterator. */
function listOf(values: Float32Array, from = 0, to = values.length): number[] {
  const list: number[] = [];
  for (let i = from; i < to; i++) list.push(values[i] as number);
  return list;
}

/**
 * Contribution of concept k to class c.
 * @param concepts `[K]`, unit-free
 * @param relevances `[K · C]` in row-major order, logits per concept unit
 * @returns `[K][C]`, logits; the column sums are the logits
 * @throws shape_mismatch
 */
export function contributionsOf(concepts: ArrayLike<number>, relevances: ArrayLike<number>): number[][] {
  const K = concepts.length;
  const C = relevances.length / K;
  if (K === 0 || !Number.isInteger(C)) {
    throw new SennError(
      'shape_mismatch',
      `contributions: concepts [${K}] must divide the ${relevances.length} relevances`,
    );
  }
  const contributions: number[][] = [];
  for (let k = 0; k < K; k++) {
    const row: number[] = [];
    for (let c = 0; c < C; c++) row.push((relevances[k * C + c] as number) * (concepts[k] as number));
    contributions.push(row);
  }
  return contributions;
}

/** Column sums of the contributions: `[K][C]` → `[C]` logits. */
export function aggregate(contributions: readonly (readonly number[])[]): number[] {
  const C = contributions[0]?.length ?? 0;
  const sums: number[] = [];
  for (let c = 0; c < C; c++) {
    let sum = 0;
    for (const row of contributions) sum += row[c] as number;
    sums.push(sum);
  }
  return sums;
}

/**
 * The same logits without the contributions: Σ_k θ[k,c]·h[k], added up in the order of k, to the last bit what `aggregate`
 * makes of `contributionsOf`. Concepts and relevances need not be of the same input.
 * @param concepts `[K]`, unit-free
 * @param relevances `[K · C]` in row-major order, logits per concept unit
 * @returns `[C]`, logits
 */
export function logitsOf(concepts: Float32Array, relevances: Float32Array): Float64Array {
  const [K, C] = [concepts.length, relevances.length / concepts.length];
  const logits = new Float64Array(C);
  for (let k = 0, i = 0; k < K; k++) {
    const h = concepts[k] as number;
    for (let c = 0; c < C; c++, i++) logits[c] = (logits[c] as number) + (relevances[i] as number) * h;
  }
  return logits;
}

/**
 * The explanation of every input of a batch.
 * @param concepts `[N, K]`
 * @param relevances `[N, K, C]`
 * @throws shape_mismatch
 */
export function explain(concepts: Tensor, relevances: Tensor): Explanation[] {
  const [N = 0, K] = concepts.shape;
  const [rows, height, C = 0] = relevances.shape;
  if (concepts.shape.length !== 2 || relevances.shape.length !== 3 || rows !== N || height !== K) {
    throw new SennError(
      'shape_mismatch',
      `explain: concepts [${concepts.shape.join(', ')}] must be [N, K] and relevances [${relevances.shape.join(', ')}] [N, K, C]`,
    );
  }
  return Array.from({ length: N }, (_, n) => {
    const h = rowOf(concepts, n);
    const theta = rowOf(relevances, n);
    const contributions = contributionsOf(h, theta);
    const logits = aggregate(contributions);
    return {
      concepts: listOf(h),
      relevances: contributions.map((_, k) => listOf(theta, k * C, (k + 1) * C)),
      contributions,
      logits,
      probabilities: softmax(logits),
    };
  });
}
