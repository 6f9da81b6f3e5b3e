import type { Attributed, AttributionName } from '../../attributions/attribution.ts';
import { attributions } from '../../attributions/index.ts';
import type { Values } from '../metric.ts';
import { isNoValue, type NoValue } from '../no-value.ts';
import { dropCorrelation } from '../shared/drop-correlation.ts';
import { inputRemoval } from './input-removal.ts';
import { ownRemoval } from './own-removal.ts';
import type { RemovalContext, Remove } from './removal.ts';

/**
 * Explanations of the same predictions side by side: each is judged by the same removals, made once. A removal whose row
 * is missing does not compile.
 */

/** The metrics that every explanation has, by the names of those that the model's own has. */
export const comparedMetrics = ['faithfulness', 'faithfulness.input'] as const;
export type ComparedMetric = (typeof comparedMetrics)[number];

/** What each takes away, in words. */
export const removalNames = { faithfulness: 'own removal', 'faithfulness.input': 'input removal' } satisfies Record<
  ComparedMetric,
  string
>;

const removals = { faithfulness: ownRemoval, 'faithfulness.input': inputRemoval } satisfies Record<
  ComparedMetric,
  Remove
>;

/** What each metric says of one explanation: `[N]`, or why it has no value. */
export type Compared = { readonly [Name in ComparedMetric]: Values['input'] | NoValue };
export type Comparison = { readonly [Name in AttributionName]?: Compared };

/**
 * Judges every attribution of a set by every removal: Pearson's correlation, over the parts that are taken away, between
 * what the attribution says of them and the drop of the predicted class's probability. In [−1, 1]; `null` for an input
 * where either is all equal.
 * @param attributed of the predicted class of each input
 * @throws shape_mismatch | invalid_model | inference_failed
 */
export async function compareAttributions(
  attributed: { readonly [Name in AttributionName]?: Attributed },
  context: RemovalContext,
): Promise<Comparison> {
  const explained = Object.entries(attributed) as [AttributionName, Attributed][];
  const results = new Map(explained.map(([name]) => [name, {} as Record<ComparedMetric, Values['input'] | NoValue>]));
  for (const metric of comparedMetrics) {
    const { complements, saidOf } = await removals[metric](context);
    for (const [name, one] of explained) {
      const said = saidOf(attributions[name].over);
      const compared = results.get(name);
      if (compared === undefined) continue;
      compared[metric] = isNoValue(said) ? said : complements.map((own, n) => dropCorrelation(said(one, n), own));
    }
  }
  return Object.fromEntries(results);
}
