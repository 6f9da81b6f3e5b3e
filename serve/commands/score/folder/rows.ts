import type { AttributionName } from '../../../../core/attributions/attribution.ts';
import type { Scope, Values } from '../../../../core/metrics/metric.ts';
import { isNoValue, type NoValue } from '../../../../core/metrics/no-value.ts';
import type { BatchAttribution } from '../../../../core/scoring/attribute.ts';
import { isOfInputs } from '../../../../core/scoring/columns.ts';
import { batchCount, type Job } from '../../../../core/scoring/job.ts';
import { placesOf } from '../../../../core/scoring/sample.ts';
import { rowOf, type Tensor } from '../../../../core/tensor.ts';
import type { Journal } from '../running/journal.ts';
import type { Scored } from '../running/run-job.ts';

/** What is told of each input, one after the other: whatever format it is written in. */

export interface InputRow {
  /** Name of the model; only where there are several. */
  readonly model?: string;
  /** Its place in the set, the whole of it where a sample is scored. */
  readonly index: number;
  /** Class indices. */
  readonly label?: number;
  readonly predicted: number;
  /** By metric; `null` where there is none. */
  readonly values: Readonly<Record<string, number | null>>;
  /** By attribution: `[F]`, or `[H][W]`. */
  readonly attributions: Readonly<Record<string, number[] | number[][]>>;
}

/** Row n as lists: `[F]`, or `[H][W]`. */
export function nested(values: Tensor, n: number): number[] | number[][] {
  const row = rowOf(values, n);
  const [, H = 0, W] = values.shape;
  if (W === undefined) return Array.from(row);
  return Array.from({ length: H }, (_, y) => Array.from(row.subarray(y * W, (y + 1) * W)));
}

/** Rows of every model, input by input, a batch of them in memory at a time. */
export async function* inputRows(job: Job, scored: readonly Scored[], journal: Journal): AsyncGenerator<InputRow> {
  const names = job.metrics.filter(isOfInputs);
  const placeOf = placesOf(job);
  for (const [model, { scores }] of scored.entries()) {
    const columns = names.map((name) => [name, scores[name] as Values[Scope] | NoValue] as const);
    let at = 0;
    for (let batch = 0; batch < batchCount(job); batch++) {
      const { scores: one } = await journal.readBatch(model, batch);
      if (one === undefined) continue;
      const attributed = Object.entries(one.attributions) as [AttributionName, BatchAttribution][];
      for (const [i, index] of one.rows.entries()) {
        yield {
          ...(scored.length > 1 && { model: job.models[model]?.name as string }),
          index: placeOf(index),
          ...(one.labels && { label: one.labels[i] as number }),
          predicted: one.predicted[i] as number,
          values: Object.fromEntries(columns.map(([name, of]) => [name, valueAt(of, at)])),
          attributions: Object.fromEntries(attributed.map(([name, { values }]) => [name, nested(values, i)])),
        };
        at += 1;
      }
    }
  }
}

function valueAt(of: Values[Scope] | NoValue, at: number): number | null {
  return isNoValue(of) ? null : ((of as Values['input'])[at] ?? null);
}
