import { defineMetric } from '../metric.ts';
import { noValue } from '../no-value.ts';
import { predictedContributions } from '../shared/contributions.ts';
import { spreadRows } from '../shared/spread.ts';
import { distance, meanOf, norm } from '../shared/vectors.ts';

/** Is an explanation enough to tell the class: are inputs that are explained alike of the same class? */

declare module '../metric.ts' {
  interface MetricScopes {
    sufficiency: 'set';
  }
}

/**
 * Of the inputs whose explanation is the nearest to an input's own, the share that are predicted to be of its class: the mean over
 * the inputs. An explanation is the vector of the contributions to the predicted class, of length 1 so that how sure the
 * model is does not count, and the nearest are the 10 with the smallest distance, among 1,000 inputs at most, evenly spread over
 * the set. Nothing is removed from any input.
 *
 * Figures beside it: `chance`, the share of pairs of inputs that are of the same predicted class, and `inputs`. Inputs of which every
 * contribution is 0 are left out. No value with fewer than two others.
 *
 * Dasgupta et al. take all explanations within a radius, and Quantus' `Sufficiency` all within 0.6 of the largest distance in the batch (in units of each
 * feature's deviation): one input that is far from all others brings those within the radius of each other, and the value to `chance`. The nearest are
 * always there, and have no scale.
 */
export const sufficiency = defineMetric({
  name: 'sufficiency',
  needs: ['explanations'],
  scope: 'set',
  direction: 'higher',
  range: [0, 1],
  sets: [],
  source: 'Dasgupta et al. 2022, "Framework for Evaluating Faithfulness of Local Explanations", section 4',
  cannotTell: 'whether the explanation is read off the class: a concept that is another name of a class makes it 1',
  async measure({ explanations }, { onProgress }) {
    const { predicted } = explanations;
    const explained = [...spreadRows(predicted.length, MOST_INPUTS)]
      .map((n) => ({ c: predicted[n] as number, a: unit(predictedContributions(explanations, n)) }))
      .filter(({ a }) => a !== undefined) as { c: number; a: number[] }[];
    const N = explained.length;
    const near = Math.min(NEAREST, N - 1);
    if (near < 2) return noValue('too few inputs are explained to be compared');
    const shares = explained.map(({ c, a }, n) => {
      const others = explained
        .map((other, m) => ({ m, same: other.c === c, far: distance(a, other.a) }))
        .filter(({ m }) => m !== n)
        .sort((one, other) => one.far - other.far || one.m - other.m);
      onProgress?.(n + 1, N);
      return others.slice(0, near).filter(({ same }) => same).length / near;
    });
    const counts = new Map<number, number>();
    for (const { c } of explained) counts.set(c, (counts.get(c) ?? 0) + 1);
    const pairs = [...counts.values()].reduce((sum, count) => sum + count * (count - 1), 0);
    return { value: meanOf(shares) ?? 0, figures: { chance: pairs / (N * (N - 1)), inputs: N } };
  },
});

/** Explanations that are compared with each other, at most: the pairs are their square. */
const MOST_INPUTS = 1_000;
const NEAREST = 10;

function unit(values: readonly number[]): number[] | undefined {
  const length = norm(values);
  return length === 0 ? undefined : values.map((value) => value / length);
}
