import type { AttributionName } from '../../../core/attributions/attribution.ts';
import { metrics } from '../../../core/metrics/index.ts';
import type { MetricName, Scope, Values } from '../../../core/metrics/metric.ts';
import { isNoValue, type NoValue } from '../../../core/metrics/no-value.ts';
import type { Scores } from '../../../core/metrics/score.ts';
import { rowOf, type Tensor } from '../../../core/tensor.ts';
import type { ScoredSet } from './score-data-set.ts';

/** What `--per-input` writes: one JSON line an input. */

type OfInputs = [MetricName, Values['input'] | NoValue];

/** The metrics that have a value an input, in the order asked for. */
function metricsOfInputs(scores: Scores): OfInputs[] {
  const results = Object.entries(scores) as [MetricName, Values[Scope] | NoValue][];
  return results.filter(([name]) => metrics[name].scope === 'input') as OfInputs[];
}

/** Row n as lists: `[F]`, or `[H][W]`. */
function nested(values: Tensor, n: number): number[] | number[][] {
  const row = rowOf(values, n);
  const [, H = 0, W] = values.shape;
  if (W === undefined) return Array.from(row);
  return Array.from({ length: H }, (_, y) => Array.from(row.subarray(y * W, (y + 1) * W)));
}

/**
 * One line an input, in the order of the set: its index, its label where known, the index of the predicted class,
 * its value of each metric of inputs that was asked for, `null` where it has none, and its attributions.
 */
export function perInputLines(
  {
    explanations: { predicted },
    scores,
    attributions,
  }: Pick<ScoredSet, 'scores'> & {
    readonly attributions: { readonly [Name in AttributionName]?: { readonly values: Tensor } };
    readonly explanations: Pick<ScoredSet['explanations'], 'predicted'>;
  },
  labels: Int32Array | undefined,
): string {
  const results = metricsOfInputs(scores);
  const attributed = Object.entries(attributions) as [AttributionName, { readonly values: Tensor }][];
  const lines = Array.from(predicted, (index, n) =>
    JSON.stringify({
      index: n,
      ...(labels === undefined ? {} : { label: labels[n] }),
      predicted: index,
      ...Object.fromEntries(results.map(([name, result]) => [name, isNoValue(result) ? null : result[n]])),
      ...(attributed.length === 0
        ? {}
        : { attributions: Object.fromEntries(attributed.map(([name, { values }]) => [name, nested(values, n)])) }),
    }),
  );
  return `${lines.join('\n')}\n`;
}
