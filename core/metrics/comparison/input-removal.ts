import { partsOf } from '../../attributions/shared/parts.ts';
import { rowOf } from '../../tensor.ts';
import { noValue } from '../no-value.ts';
import { conceptOfFeature } from '../shared/reference.ts';
import type { Remove } from './removal.ts';
import { complementsWithout } from './removed-parts.ts';

/**
 * A part of the input itself is taken away and the model run anew, as in `faithfulness.input`: of a table a feature is set
 * to what it usually is, of an image a superpixel (SLIC) to the ground. What is said of a superpixel is the sum over its
 * pixels. An explanation by concepts is judged where they are features of a table.
 */
export const inputRemoval: Remove = async ({ model, explanations, baseline, onProgress }) => {
  const { manifest } = model;
  const parts = Array.from(explanations.predicted, (_, n) => partsOf(manifest, rowOf(explanations.input, n)));
  const complements = await complementsWithout(model, explanations, {
    partsOf: (n) => parts[n] ?? [],
    baseline: baseline.data,
    onProgress,
  });
  return {
    complements,
    saidOf: (over) => {
      if (over === 'input') {
        return ({ values }, n) => {
          const row = rowOf(values, n);
          return (parts[n] ?? []).map(({ features }) => features.reduce((sum, f) => sum + (row[f] as number), 0));
        };
      }
      const ofFeature = conceptOfFeature(manifest);
      if (ofFeature === undefined) return noValue('it speaks of concepts, and they are not features of the input');
      return ({ values }, n) => {
        const row = rowOf(values, n);
        return ofFeature.map((k) => row[k] as number);
      };
    },
  };
};
