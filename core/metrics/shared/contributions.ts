import type { Explanations } from '../evidence/explanations.ts';

/**
 * What the explanation of input n says of class c: a[k] = θ[k,c]·h[k].
 * @returns `[K]`, logits
 */
export function contributionsTo(
  c: number,
  { concepts, relevances }: Pick<Explanations, 'concepts' | 'relevances'>,
  n: number,
): number[] {
  const [, K = 0, C = 0] = relevances.shape;
  const contributions: number[] = [];
  for (let k = n * K, i = n * K * C + c; k < (n + 1) * K; k++, i += C) {
    contributions.push((concepts.data[k] as number) * (relevances.data[i] as number));
  }
  return contributions;
}

/** The same of its predicted class. @returns `[K]`, logits */
export const predictedContributions = (explanations: Explanations, n: number): number[] =>
  contributionsTo(explanations.predicted[n] as number, explanations, n);

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
