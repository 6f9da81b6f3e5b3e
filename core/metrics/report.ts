import { z } from 'zod';
import type { Attributed, AttributionName } from '../attributions/attribution.ts';
import { attributionNames, attributions } from '../attributions/index.ts';
import { batchSize } from '../tensor.ts';
import { type Compared, type ComparedMetric, comparedMetrics } from './comparison/index.ts';
import { metricNames, metrics } from './index.ts';
import type { Direction, MetricName, Scope, ScopeOf, Values } from './metric.ts';
import { isNoValue, type NoValue } from './no-value.ts';
import type { Scores } from './score.ts';
import { summarise } from './summary.ts';

/** The report of `senn score`, as data: what each metric says of a scored set. */
const figure = z.number().nullable();
const direction = z.enum(['higher', 'lower', 'none']);
/** Why there is no value at all. */
const reason = z.string().optional();

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
    reason,
  }),
  set: z.strictObject({
    direction,
    value: figure,
    /** What the value must be read beside; each metric's own. */
    figures: z.record(z.string(), z.number()).optional(),
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
const metricsSchema = z.strictObject(
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

export const reportSchema = z.strictObject({
  model: z.string(),
  data: z.string(),
  /** Inputs scored: `count + withoutValue` of each metric of inputs. */
  count: z.int().positive(),
  elapsedSeconds: z.number().nonnegative(),
  metrics: metricsSchema,
  /** Other explanations of the same inputs, where any were asked for; their values are per input. */
  attributions: z.partialRecord(z.enum(attributionNames as [AttributionName]), attributionReport).optional(),
});
export type Report = z.infer<typeof reportSchema>;

type Header = Omit<Report, 'metrics' | 'attributions'>;

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
export interface ScoredAttribution extends Attributed {
  readonly queries: number;
  readonly compared: Compared;
}
export type ScoredAttributions = { readonly [Name in AttributionName]?: ScoredAttribution };

function attributionReportOf(
  name: AttributionName,
  { values, baseline: { data }, queries, compared }: ScoredAttribution,
) {
  const { source, over, explains } = attributions[name];
  const [first = 0] = data;
  const count = batchSize(values);
  return {
    source,
    over,
    explains,
    queries,
    count,
    baseline: data.every((value) => value === first) ? first : Array.from(data),
    metrics: Object.fromEntries(
      comparedMetrics.map((metric) => [metric, metricReport(metrics[metric], compared[metric], count)]),
    ) as Record<ComparedMetric, MetricReport<'input'>>,
  };
}

/** @param header everything but the metrics and the attributions */
export function reportOf(header: Header, scores: Scores, attributed: ScoredAttributions = {}): Report {
  const rows = (Object.keys(scores) as MetricName[]).map((name) => [
    name,
    metricReport(metrics[name], scores[name] as Values[Scope] | NoValue, header.count),
  ]);
  const others = (Object.entries(attributed) as [AttributionName, ScoredAttribution][]).map(
    ([name, values]) => [name, attributionReportOf(name, values)] as const,
  );
  return {
    ...header,
    metrics: Object.fromEntries(rows),
    ...(others.length === 0 ? {} : { attributions: Object.fromEntries(others) }),
  };
}
