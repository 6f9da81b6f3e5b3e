import { defineMetric } from '../metric.ts';
import { meanAndVariance, varyingColumns } from '../shared/columns.ts';

/** How many concepts does the model use? */

declare module '../metric.ts' {
  interface MetricScopes {
    active: 'set';
  }
}

/**
 * The number of concepts whose variance over the set is above .01: active units. Figures beside it: `concepts`, how many
 * there are, and `varying`, how many vary beyond rounding, which has no scale: h·3 and θ/3 are the same model with
 * nine times the variance, so the value itself compares only concepts of one scale, as those of a variational model are by their prior.
 */
export const active = defineMetric({
  name: 'active',
  needs: ['explanations'],
  scope: 'set',
  direction: 'none',
  range: [0, Number.POSITIVE_INFINITY],
  sets: [],
  source: 'Burda et al. 2016, "Importance Weighted Autoencoders", section 5',
  cannotTell: 'whether the concepts that vary say different things: read correlation.pairs beside it',
  async measure({ explanations: { concepts } }) {
    const columns = varyingColumns(concepts);
    const value = columns.filter(({ values }) => meanAndVariance(values).variance > THRESHOLD).length;
    return { value, figures: { concepts: concepts.shape[1] ?? 0, varying: columns.length } };
  },
});

/** Variance of an active unit, in squared concept units. */
const THRESHOLD = 0.01;
