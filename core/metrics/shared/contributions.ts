import { rowOf } from '../../tensor.ts';
import type { Explanations } from '../evidence/explanations.ts';

/**
 * What the explanation of input n says of its predicted class: a[k] = θ[k,c]·h[k].
 * @returns `[K]`, logits
 */
export function predictedContributions({ concepts, relevances, predicted }: Explanations, n: number): number[] {
  const c = predicted[n] as number;
  const theta = rowOf(relevances, n);
  const C = relevances.shape[2] ?? 0;
  return Array.from(rowOf(concepts, n), (value, k) => value * (theta[k * C + c] as number));
}

/** A figure of each input's contributions to its predicted class. @returns `[N]` */
export function ofContributions(
  explanations: Explanations,
  figureOf: (contributions: readonly number[]) => number | null,
  onProgress?: (done: number, total: number) => void,
): (number | null)[] {
  const N = explanations.predicted.length;
  const values = Array.from(explanations.predicted, (_, n) => figureOf(predictedContributions(explanations, n)));
  onProgress?.(N, N);
  return values;
}
