import type { Concept } from '../../../core/manifest.ts';
import type { Tensor } from '../../../core/tensor.ts';
import { distinctInputs, standardised } from './ends.ts';

/** Of each class those that lie farthest out, at either end of a concept. */
const OF_CLASS = 3;

/**
 * The training inputs of each class that activate each concept least and most.
 * @param activations `[N, K]`
 * @param labels `[N]`, class indices
 * @param classes how many there are
 * @returns `[K][C]`; nothing of a concept that is constant
 */
export function classPrototypesIn(
  activations: Tensor,
  labels: ArrayLike<number>,
  classes: number,
): NonNullable<Concept['classPrototypes']>[] {
  const [N = 0, K = 0] = activations.shape;
  const { scaled, deviations } = standardised(activations);
  const varying = [...deviations.keys()].filter((k) => deviations[k] !== 0);
  const members = Array.from({ length: classes }, (): number[] => []);
  for (let n = 0; n < N; n++) members[labels[n] as number]?.push(n);
  return Array.from({ length: K }, (_, k) => {
    if (deviations[k] === 0) return [];
    const at = (n: number): number => activations.data[n * K + k] as number;
    return members.map((own) => {
      const rising = own.toSorted((a, b) => at(a) - at(b) || a - b);
      const falling = own.toSorted((a, b) => at(b) - at(a) || a - b);
      return {
        low: distinctInputs(scaled, rising, varying, OF_CLASS),
        high: distinctInputs(scaled, falling, varying, OF_CLASS),
      };
    });
  });
}
