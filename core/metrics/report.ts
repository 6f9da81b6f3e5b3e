import { z } from 'zod';
import type { AttributionName } from '../attributions/attribution.ts';
import { attributionNames, attributions } from '../attributions/index.ts';
import type { Manifest } from '../manifest.ts';
import { type Compared, type ComparedMetric, comparedMetrics } from './comparison/index.ts';
import { metricNames, metrics } from './index.ts';
import type { Direction, MetricName, Scope, ScopeOf, Values } from './metric.ts';
import { isNoValue, type NoValue } from './no-value.ts';
import { summarise } from './summary.ts';

/** The rows of a report, as data: what each metric says of a scored set. The whole of it is core/scoring/report.ts. */
const figure = z.number().nullable();
const direction = z.enum(['higher', 'lower', 'none']);
/** Why there is no value at all. */
const reason = z.string().optional();
/** Between which the figure lies in 95 of 100 resamples of the inputs (core/scoring/statistics/bootstrap.ts). */
const interval = z.tuple([z.number(), z.number()]);

const metricReports = {
  input: z.strictObject({
    direction,
    /** Inputs that have a value. */
    count: z.int().nonnegative(),
    mean: figure,
    median: figure,
    q05: figure,
    q25: figure,
    q75: figure,
    q95: figure,
    /** Inputs for which the metric is not defined. */
    withoutValue: z.int().nonnegative(),
    /** Of the figures above, where two inputs or more have a value. */
    intervals: z
      .strictObject({ mean: interval, median: interval, q05: interval, q25: interval, q75: interval, q95: interval })
      .optional(),
    reason,
  }),
  set: z.strictObject({
    direction,
    value: figure,
    /** What the value must be read beside; each metric's own. */
    figures: z.record(z.string(), z.number()).optional(),
    /** Of the value, where it is a mean over the inputs or a ratio of two. */
    interval: interval.optional(),
    reason,
  }),
  class: z.strictObject({
    direction,
    /** One a class, in the order of the manifest. */
    values: z.array(figure),
    reason,
  }),
} as const satisfies Record<Scope, z.ZodType>;

type MetricReports = typeof metricReports;
/** What a report says of a metric of this scope. */
export type MetricReport<S extends Scope = Scope> = z.infer<MetricReports[S]>;

/** Each metric that was asked for, in the form of its scope. */
export const metricsSchema = z.strictObject(
  Object.fromEntries(metricNames.map((name) => [name, metricReports[metrics[name].scope].optional()])) as {
    [Name in MetricName]: z.ZodOptional<MetricReports[ScopeOf<Name>]>;
  },
);

const attributionReport = z.strictObject({
  source: z.string(),
  /** What its values are of, and which number of the predicted class they explain. */
  over: z.enum(['input', 'concepts']),
  explains: z.enum(['logit', 'probability', 'nothing']),
  /** Rows that the model was asked about each input, at most. */
  queries: z.int().nonnegative(),
  /** Inputs that were attributed. */
  count: z.int().nonnegative(),
  /** What a removed feature was set to, in the model's units: a number where it is the same for all. */
  baseline: z.union([z.number(), z.array(z.number())]),
  /** The same metrics for every explanation, the model's own among them, by the same removals. */
  metrics: z.strictObject(
    Object.fromEntries(comparedMetrics.map((name) => [name, metricReports.input])) as {
      [Name in ComparedMetric]: MetricReports['input'];
    },
  ),
});

/** Other explanations of the same inputs, where any were asked for; their values are per input. */
export const attributionsSchema = z.partialRecord(z.enum(attributionNames as [AttributionName]), attributionReport);

/** A result as the report has it, by scope. `count` is that of the inputs. */
const reported: {
  readonly [S in Scope]: (result: Values[S] | NoValue, count: number) => Omit<MetricReport<S>, 'direction'>;
} = {
  input: (result, count) =>
    isNoValue(result) ? { ...summarise(new Array<null>(count).fill(null)), reason: result.reason } : summarise(result),
  set: (result) => {
    if (isNoValue(result)) return result;
    const { value, figures } = result;
    return figures === undefined ? { value } : { value, figures };
  },
  class: (result) => (isNoValue(result) ? { values: [], reason: result.reason } : { values: [...result] }),
};

/** The report of one metric. */
export function metricReport<S extends Scope>(
  { scope, direction }: { readonly scope: S; readonly direction: Direction },
  result: Values[S] | NoValue,
  count: number,
): MetricReport<S> {
  return { direction, ...reported[scope](result, count) } as MetricReport<S>;
}

/** An attribution of a set, and what it was found to be worth. */
export interface ScoredAttribution {
  readonly baseline: number | readonly number[];
  readonly compared: Compared;
}

/**
 * The report of one attribution.
 * @param queries that were allowed for an input; where absent, as many as the attribution documents
 * @param count of the inputs
 * @param intervalsOf what is known of how sure each figure is, in the form of its row
 */
export function attributionReportOf(
  name: AttributionName,
  { baseline, compared }: ScoredAttribution,
  {
    manifest,
    queries,
    count,
    intervalsOf,
  }: {
    readonly manifest: Pick<Manifest, 'input'>;
    readonly queries?: number | undefined;
    readonly count: number;
    readonly intervalsOf: (metric: ComparedMetric) => object;
  },
): z.infer<typeof attributionReport> {
  const { source, over, explains } = attributions[name];
  const rows = comparedMetrics.map((metric) => [
    metric,
    { ...metricReport(metrics[metric], compared[metric], count), ...intervalsOf(metric) },
  ]);
  return {
    source,
    over,
    explains,
    queries: attributions[name].queries(manifest, queries),
    count,
    baseline: typeof baseline === 'number' ? baseline : [...baseline],
    metrics: Object.fromEntries(rows) as Record<ComparedMetric, MetricReport<'input'>>,
  };
}
