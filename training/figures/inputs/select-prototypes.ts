import { SennError } from '../../../core/errors.ts';
import { rowOf, type Tensor } from '../../../core/tensor.ts';

/** An input that stands for a concept. */
export interface Prototype {
  /** Row of the input. */
  readonly index: number;
  /** Its activation of the concept, in concept units. */
  readonly activation: number;
}

/**
 * How well an input h = `[K]` stands for concept k; the highest values are chosen.
 * - `highest`: h_k (Alvarez-Melis & Jaakkola 2018, §3.2)
 * - `contrast`: h_k − Σ_{j≠k} h_j, active for this concept and for no other (ibid.; Elbaghdadi et al. 2020)
 * - `lowest`: −h_k, the other end of a concept whose activations have both signs
 */
export const prototypeCriteria = {
  highest: (h, k) => h[k] as number,
  contrast: (h, k) => 2 * (h[k] as number) - h.reduce((sum, value) => sum + value, 0),
  lowest: (h, k) => -(h[k] as number),
} as const satisfies Record<string, (concepts: Float32Array, k: number) => number>;

export type PrototypeCriterion = keyof typeof prototypeCriteria;
export const prototypeCriterionNames = Object.keys(prototypeCriteria) as PrototypeCriterion[];

/** `[K][count]`, the best first; ties go to the lower row. */
export type PrototypeSelection = Readonly<Record<PrototypeCriterion, readonly (readonly Prototype[])[]>>;

/**
 * The inputs that stand for each concept, by each criterion.
 * @param activations `[N, K]`, h of every input
 * @param count prototypes wanted for each concept; all inputs where there are not that many
 * @throws shape_mismatch
 */
export function selectPrototypes(activations: Tensor, count: number): PrototypeSelection {
  const [N = 0, K = 0] = activations.shape;
  if (activations.shape.length !== 2 || N === 0 || K === 0 || count < 1) {
    throw new SennError(
      'shape_mismatch',
      `selectPrototypes: activations [${activations.shape.join(', ')}] must be [N, K] and ${count} prototypes at least 1`,
    );
  }
  const best = (criterion: PrototypeCriterion, k: number): Prototype[] => {
    const scores = Float64Array.from({ length: N }, (_, n) => prototypeCriteria[criterion](rowOf(activations, n), k));
    const order = Array.from(scores.keys()).sort((a, b) => (scores[b] as number) - (scores[a] as number) || a - b);
    return order.slice(0, count).map((index) => ({ index, activation: activations.data[index * K + k] as number }));
  };
  const all = (criterion: PrototypeCriterion) => Array.from({ length: K }, (_, k) => best(criterion, k));
  return { highest: all('highest'), contrast: all('contrast'), lowest: all('lowest') };
}
