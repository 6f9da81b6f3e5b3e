import type { Tensor } from '../../../core/tensor.ts';

/** The two ends of every concept over the training set: which inputs stand for it there. */

/** Activations in units that can be compared: each less its mean, in its deviations. */
export interface Standardised {
  /** `[N, K]`; 0 where a concept is constant. */
  readonly scaled: Tensor;
  /** `[K]`, in concept units. */
  readonly means: readonly number[];
  /** `[K]`, over N, in concept units; 0 where a concept is constant, but for rounding. */
  readonly deviations: readonly number[];
}

/** Values that differ by this share of their size differ by rounding alone. */
const ROUNDING = 1e-6;

/** @param activations `[N, K]`, N ≥ 1 */
export function standardised({ shape, data }: Tensor): Standardised {
  const [N = 0, K = 0] = shape;
  const scaled = new Float32Array(N * K);
  const [means, deviations]: [number[], number[]] = [[], []];
  for (let k = 0; k < K; k++) {
    let [sum, squares] = [0, 0];
    for (let n = 0; n < N; n++) sum += data[n * K + k] as number;
    const mean = sum / N;
    for (let n = 0; n < N; n++) squares += ((data[n * K + k] as number) - mean) ** 2;
    const spread = Math.sqrt(squares / N);
    const deviation = spread <= ROUNDING * Math.abs(mean) ? 0 : spread;
    means.push(mean);
    deviations.push(deviation);
    if (deviation === 0) continue;
    for (let n = 0; n < N; n++) scaled[n * K + k] = ((data[n * K + k] as number) - mean) / deviation;
  }
  return { scaled: { shape, data: scaled }, means, deviations };
}

/**
 * How far two inputs are apart in some of the concepts: the root of the mean square, in deviations; 0 for no concepts.
 * @param over indices of concepts
 */
export function conceptDistance({ shape, data }: Tensor, a: number, b: number, over: readonly number[]): number {
  const K = shape[1] as number;
  let sum = 0;
  for (const k of over) sum += ((data[a * K + k] as number) - (data[b * K + k] as number)) ** 2;
  return over.length === 0 ? 0 : Math.sqrt(sum / over.length);
}

/** Deviations within which two inputs are the same to the model: tables repeat rows, image sets repeat images. */
const SAME = 0.01;
/** Inputs that are looked at for one end, at most. */
const LOOKED_AT = 1000;

/**
 * The first inputs of an order, without those that are the same, in every concept, as one that is there already.
 * @param order indices of inputs, the one that stands most for the end first
 * @param varying indices of the concepts that are not constant
 */
export function distinctInputs(
  scaled: Tensor,
  order: readonly number[],
  varying: readonly number[],
  count: number,
): number[] {
  const chosen: number[] = [];
  for (const candidate of order.slice(0, LOOKED_AT)) {
    if (chosen.length === count) break;
    const isNew = chosen.every((other) => conceptDistance(scaled, candidate, other, varying) > SAME);
    if (isNew) chosen.push(candidate);
  }
  return chosen;
}
