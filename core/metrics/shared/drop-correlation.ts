import { logitsOf } from '../../artefacts/explanation.ts';
import { pearson, sampleOf } from './pearson.ts';
import { complement } from './probability.ts';

/** What every faithfulness ends in: contributions beside what becomes of the probability without each that contributed. */

/**
 * Pearson's correlation between contributions and the drops in probability when what contributed is taken away, each drop
 * as a difference of 1 − p, which keeps its digits where the model is sure.
 * @param values contributions
 * @param complements 1 − p as it is, then without each that contributed, in the order of the values; at least 0
 * @returns `null` where either is all equal up to rounding
 */
export function dropCorrelation(values: readonly number[], complements: readonly number[]): number | null {
  const [before = 0] = complements;
  const drops: number[] = [];
  for (let i = 1; i < complements.length; i++) drops.push((complements[i] as number) - before);
  return pearson(sampleOf(values), { values: drops, magnitude: sampleOf(complements).magnitude });
}

/**
 * 1 − p of a class as the sum has it, then without the contributions of each concept in turn.
 * @param concepts `[K]`, unit-free
 * @param relevances `[K · C]` in row-major order, logits per concept unit
 * @returns `[1 + K]`
 */
export function complementsWithoutEach(concepts: Float32Array, relevances: Float32Array, c: number): number[] {
  const logits = logitsOf(concepts, relevances);
  const complements = [complement(logits, c)];
  const left = new Float64Array(logits.length);
  for (let k = 0, i = 0; k < concepts.length; k++) {
    const h = concepts[k] as number;
    for (let j = 0; j < left.length; j++, i++) left[j] = (logits[j] as number) - (relevances[i] as number) * h;
    complements.push(complement(left, c));
  }
  return complements;
}
