import { isBlackBox } from '../../black-box/schema.ts';
import { rowOf } from '../../tensor.ts';
import { noValue } from '../no-value.ts';
import { complementsWithoutEach } from '../shared/drop-correlation.ts';
import { conceptOfFeature } from '../shared/reference.ts';
import type { Remove } from './removal.ts';

/**
 * A concept is taken out of the sum: row k of θ is 0, as in the SENN paper and in `faithfulness`. Where the concepts are
 * features of a table, what others say of a feature is judged by its concept, and concepts that are no feature (a bias)
 * are left out for all.
 */
export const ownRemoval: Remove = async ({ model: { manifest }, explanations }) => {
  const { concepts, relevances, predicted } = explanations;
  const ofFeature = conceptOfFeature(manifest);
  const removed = ofFeature ?? manifest.concepts.map((_, k) => k);
  const complements = Array.from(predicted, (c, n) => {
    const [before, ...without] = complementsWithoutEach(rowOf(concepts, n), rowOf(relevances, n), c);
    return [before as number, ...removed.map((k) => without[k] as number)];
  });
  return {
    complements,
    saidOf: (over) => {
      if (over === 'concepts') {
        return ({ values }, n) => {
          const row = rowOf(values, n);
          return removed.map((k) => row[k] as number);
        };
      }
      if (ofFeature !== undefined) return ({ values }, n) => [...rowOf(values, n)];
      if (isBlackBox(manifest)) return noValue('the model is a black box, and has no concepts to take out of its sum');
      return noValue('it speaks of the input, and the concepts are not its features');
    },
  };
};
