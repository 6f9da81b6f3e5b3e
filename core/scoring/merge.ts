import type { AttributionName } from '../attributions/attribution.ts';
import { SennError } from '../errors.ts';
import { type Compared, type ComparedMetric, comparedMetrics } from '../metrics/comparison/index.ts';
import type { MetricName, Values } from '../metrics/metric.ts';
import { isNoValue, type NoValue } from '../metrics/no-value.ts';
import type { BatchAttribution } from './attribute.ts';
import { type BatchScores, joinWhole, scoredIn } from './batch.ts';
import { type ClassSums, classSums } from './classes.ts';
import { batchCount, type Job } from './job.ts';
import type { Unusable } from './source.ts';

/**
 * From batches to the set. Pure, and the same whatever shards the batches came in and in whichever order: batches are
 * added up in the order of the set.
 */

/** A batch of one model as it is handed on: what was scored, or nothing where no input of it was usable. */
export interface BatchResult {
  readonly model: number;
  readonly batch: number;
  readonly scores?: BatchScores;
  readonly unusable: readonly Unusable[];
}

/** Unusable inputs that are listed; all are counted. */
export const MOST_LISTED = 100;

/** An attribution of the set; its values stay in the batches. */
export interface MergedAttribution extends Pick<BatchAttribution, 'baseline'> {
  /** `[N]` each */
  readonly compared: Compared;
}

/** What the batches of one model tell of the set. N usable inputs. */
export interface Merged {
  /** N. */
  readonly count: number;
  /** `[N]`, places in the set, ascending */
  readonly rows: Int32Array;
  readonly predicted: Int32Array;
  /** `[N]`, where the classes are known. */
  readonly labels?: Int32Array;
  /** `[N]` each, of the metrics that a batch is enough for. */
  readonly values: { readonly [Name in MetricName]?: Values['input'] | NoValue };
  readonly attributions: { readonly [Name in AttributionName]?: MergedAttribution };
  readonly classes: ClassSums;
  readonly unusable: { readonly count: number; readonly listed: readonly Unusable[] };
}

/** Batches are handed over once each, in the order of the set: they need not be in memory together. */
export type ReadBatch = (batch: number) => Promise<BatchResult>;

/** No value where no batch has one; where some do, the inputs of the others have none. */
function joinedValues(parts: readonly { readonly of: Values['input'] | NoValue; readonly n: number }[]) {
  const reasons = parts.map(({ of }) => of).filter(isNoValue);
  if (reasons.length === parts.length && reasons[0] !== undefined) return reasons[0];
  return parts.flatMap(({ of, n }) => (isNoValue(of) ? new Array<null>(n).fill(null) : [...of]));
}

type Judged = Pick<BatchScores, 'rows' | 'predicted' | 'labels' | 'values'> & Pick<Merged, 'attributions'>;

const mapped = <Value, Result>(
  attributions: { readonly [Name in AttributionName]?: Value },
  of: (value: Value, name: AttributionName) => Result,
): { readonly [Name in AttributionName]?: Result } =>
  Object.fromEntries(
    (Object.entries(attributions) as [AttributionName, Value][]).map(([name, value]) => [name, of(value, name)]),
  );

function joinedAttributions(parts: readonly Judged[]): Merged['attributions'] {
  return mapped(parts[0]?.attributions ?? {}, ({ baseline }, name) => {
    const comparedBy = (metric: ComparedMetric) =>
      joinedValues(
        parts.map(({ attributions, rows }) => ({
          of: (attributions[name] as MergedAttribution).compared[metric],
          n: rows.length,
        })),
      );
    const compared = comparedMetrics.map((metric) => [metric, comparedBy(metric)] as const);
    return { baseline, compared: Object.fromEntries(compared) as Compared };
  });
}

/**
 * @throws invalid_request where a batch is of another model or place than was asked for
 */
export async function mergeBatches(job: Job, model: number, read: ReadBatch): Promise<Merged> {
  const scores: Judged[] = [];
  const classes = classSums();
  const listed: Unusable[] = [];
  let unusable = 0;
  for (let batch = 0; batch < batchCount(job); batch++) {
    const result = await read(batch);
    if (result.model !== model || result.batch !== batch) {
      throw new SennError(
        'invalid_request',
        `scoring: batch ${result.batch} of model ${result.model} stands where batch ${batch} of model ${model} belongs`,
      );
    }
    unusable += result.unusable.length;
    listed.push(...result.unusable.slice(0, MOST_LISTED - listed.length));
    const { scores: one } = result;
    if (one === undefined || scoredIn(one) === 0) continue;
    const { rows, predicted, labels, values } = one;
    const attributions = mapped(one.attributions, ({ baseline, compared }) => ({ baseline, compared }));
    scores.push({ rows, predicted, ...(labels && { labels }), values, attributions });
    classes.add(one);
  }
  const rows = joinWhole(scores.map((one) => one.rows));
  const names = Object.keys(scores[0]?.values ?? {}) as MetricName[];
  const values = names.map((name) => {
    const parts = scores.map((one) => ({ of: one.values[name] as Values['input'] | NoValue, n: one.rows.length }));
    return [name, joinedValues(parts)];
  });
  const labelled = scores.length > 0 && scores.every(({ labels }) => labels !== undefined);
  return {
    count: rows.length,
    rows,
    predicted: joinWhole(scores.map((one) => one.predicted)),
    ...(labelled && { labels: joinWhole(scores.map((one) => one.labels as Int32Array)) }),
    values: Object.fromEntries(values) as Merged['values'],
    attributions: joinedAttributions(scores),
    classes: classes.sums(),
    unusable: { count: unusable, listed },
  };
}

/** Results of shards as one: each batch of each model exactly once. @throws invalid_request where one is twice or not there */
export function fromShards(job: Job, shards: readonly (readonly BatchResult[])[]): (model: number) => ReadBatch {
  const known = new Map<string, BatchResult>();
  for (const result of shards.flat()) {
    const key = `${result.model} ${result.batch}`;
    if (known.has(key)) throw new SennError('invalid_request', `scoring: batch ${result.batch} came twice`);
    known.set(key, result);
  }
  return (model) => async (batch) => {
    const result = known.get(`${model} ${batch}`);
    if (result === undefined) {
      throw new SennError('invalid_request', `scoring: batch ${batch} of ${batchCount(job)} is not there`);
    }
    return result;
  };
}
