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
