import { figureArtefacts } from '../../../../core/artefacts/index.ts';
import { TRAVERSAL_STEPS } from '../../../../core/artefacts/traversals.ts';
import { metrics } from '../../../../core/metrics/index.ts';
import type { MetricName, Values } from '../../../../core/metrics/metric.ts';
import { isNoValue } from '../../../../core/metrics/no-value.ts';
import { isOfInputs } from '../../../../core/scoring/columns.ts';
import type { ScoringSource } from '../../../../core/scoring/source.ts';
import { concatRows, type Tensor } from '../../../../core/tensor.ts';
import { drawn, type ExplainedModel, withTurns } from '../../../answers/explained.ts';
import type { Scored } from '../running/run-job.ts';

/** Inputs that a page shows with their explanations: the worst by a metric, and the one in the middle. */

/** Of the worst, so many. */
const WORST = 3;

export interface ShownInputs {
  readonly metric: MetricName;
  /** Places in the set with the values, the worst first, then the median one. */
  readonly places: readonly { readonly index: number; readonly value: number; readonly which: 'worst' | 'median' }[];
}

/** By the first metric of inputs that judges and has values. */
export function inputsToShow({ scores, merged }: Pick<Scored, 'scores' | 'merged'>): ShownInputs | undefined {
  for (const metric of Object.keys(scores) as MetricName[]) {
    const { direction } = metrics[metric];
    if (!isOfInputs(metric) || direction === 'none') continue;
    const result = scores[metric] as Values['input'] | { value: null; reason: string };
    if (isNoValue(result)) continue;
    const sign = direction === 'higher' ? 1 : -1;
    const known = result
      .flatMap((value, n) => (value === null ? [] : [{ index: merged.rows[n] as number, value }]))
      .sort((a, b) => sign * (a.value - b.value) || a.index - b.index);
    if (known.length === 0) continue;
    const median = known[Math.floor(known.length / 2)] as (typeof known)[number];
    return {
      metric,
      places: [
        ...known.slice(0, WORST).map((one) => ({ ...one, which: 'worst' as const })),
        { ...median, which: 'median' as const },
      ],
    };
  }
  return undefined;
}

/** One figure of these inputs. @param places in the set */
export async function figureOf(
  model: ExplainedModel,
  source: ScoringSource,
  places: readonly number[],
): Promise<string> {
  const inputs: Tensor[] = [];
  for (const index of places) inputs.push((await source.read(index, index + 1)).input);
  const batch = concatRows(inputs);
  const { predictor, statics } = model;
  const options = { steps: TRAVERSAL_STEPS.default };
  const explain = figureArtefacts(predictor.manifest, undefined);
  const predictions = await predictor.predict(batch, { explain, ...options, statics });
  return drawn(model, batch, await withTurns(predictor, batch, predictions, undefined), options);
}
