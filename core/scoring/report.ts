import { z } from 'zod';
import type { AttributionName } from '../attributions/attribution.ts';
import { auditSentence } from '../audit/sentence.ts';
import type { Manifest } from '../manifest.ts';
import { flatten } from '../metrics/audit-of.ts';
import { type ComparedMetric, comparedMetrics } from '../metrics/comparison/index.ts';
import { metrics } from '../metrics/index.ts';
import type { MetricName, Scope, Terms, Values } from '../metrics/metric.ts';
import { isNoValue, type NoValue } from '../metrics/no-value.ts';
import { attributionReportOf, attributionsSchema, metricReport, metricsSchema } from '../metrics/report.ts';
import type { Scores } from '../metrics/score.ts';
import { namedStream } from '../random.ts';
import { isOfInputs, termsOf } from './columns.ts';
import { definitionsOf, definitionsSchema } from './definitions/definitions.ts';
import { type Job, jobSchema } from './job.ts';
import type { Merged, MergedAttribution } from './merge.ts';
import { placesOf } from './sample.ts';
import { bootstrap, type Interval, RESAMPLES } from './statistics/bootstrap.ts';
import { type Paired, pair } from './statistics/compare.ts';
import { holm } from './statistics/tests.ts';

/**
 * The report of a scoring job: a pure function of the job and of what its batches and metrics gave. It says itself what
 * its figures mean, so that it can be read without this project.
 */

const SCHEMA_VERSION = 2;

const interval = z.tuple([z.number(), z.number()]);

const comparisonSchema = z.strictObject({
  /** Inputs of which both models have a value. */
  count: z.int().positive(),
  /** Mean of this model less mean of the first one, on the same inputs. */
  difference: z.number(),
  interval: interval.optional(),
  test: z.enum(['mcnemar', 'wilcoxon']),
  /** Two-sided, as if this metric were the only one that is compared. */
  p: z.number(),
  /** The same, adjusted for all that are compared (Holm). */
  adjusted: z.number(),
});

const modelSchema = z.strictObject({
  model: z.string(),
  version: z.string(),
  digest: z.string(),
  metrics: metricsSchema,
  attributions: attributionsSchema.optional(),
  /** Whether the concepts carry the decision, in a sentence; where the audit was asked for. */
  audit: z.string().optional(),
  /** Over the inputs that were given each class, in the order of the manifest. */
  classes: z.array(
    z.strictObject({
      label: z.string(),
      count: z.int().nonnegative(),
      /** Share of them whose class it is, where the classes are known. */
      right: z.number().nullable(),
      /** By the concepts' names: mean of θ[k,c]·h[k], logits. */
      contributions: z.record(z.string(), z.number()),
    }),
  ),
});

export const scoringReportSchema = modelSchema.extend({
  schemaVersion: z.literal(SCHEMA_VERSION),
  data: z.string(),
  /** Inputs scored: `count + withoutValue` of each metric of inputs. */
  count: z.int().positive(),
  elapsedSeconds: z.number().nonnegative(),
  job: jobSchema,
  /** Inputs that could not be scored: all counted, the first listed. */
  unusable: z.strictObject({
    count: z.int().nonnegative(),
    listed: z.array(z.strictObject({ index: z.int(), where: z.string(), reason: z.string() })),
  }),
  /** Further models on the same inputs, each compared with the first. */
  others: z.array(modelSchema.extend({ comparison: z.record(z.string(), comparisonSchema) })),
  definitions: definitionsSchema,
});
export type ScoringReport = z.infer<typeof scoringReportSchema>;
export type ModelReport = z.infer<typeof modelSchema>;

/** What is known of one model once all is scored. */
export interface ScoredModelOf {
  readonly manifest: Pick<Manifest, 'classes' | 'concepts' | 'input'>;
  readonly merged: Merged;
  /** Every metric of the job, by name. */
  readonly scores: Scores;
}

type Intervals = ReturnType<typeof bootstrap>[number];

/** The intervals of a metric as its row has them. */
function withIntervals(name: MetricName, intervals: Intervals): object {
  if (intervals === undefined || intervals.mean.some((bound) => !Number.isFinite(bound))) return {};
  return isOfInputs(name) ? { intervals } : { interval: intervals.mean };
}

function modelReport(
  job: Job,
  index: number,
  { manifest, merged, scores }: ScoredModelOf,
  intervals: ReadonlyMap<string, Intervals>,
): ModelReport {
  const { name, version, digest } = job.models[index] as Job['models'][number];
  const rows = job.metrics.map((metric) => [
    metric,
    {
      ...metricReport(metrics[metric], scores[metric] as Values[Scope] | NoValue, merged.count),
      ...withIntervals(metric, intervals.get(columnOf(metric))),
    },
  ]);
  const attributed = (Object.entries(merged.attributions) as [AttributionName, MergedAttribution][]).map(
    ([attribution, one]) => {
      const intervalsOf = (metric: ComparedMetric) =>
        withIntervals(metric, intervals.get(columnOf(metric, attribution)));
      const options = { manifest, queries: job.queries, count: merged.count, intervalsOf };
      return [attribution, attributionReportOf(attribution, one, options)];
    },
  );
  const audit = auditSentence({ data: job.data.name, count: merged.count, figures: flatten(scores) });
  const { counts, right, contributions } = merged.classes;
  return {
    model: name,
    version,
    digest,
    metrics: Object.fromEntries(rows),
    ...(attributed.length > 0 && { attributions: Object.fromEntries(attributed) }),
    ...(audit !== undefined && { audit }),
    classes: manifest.classes.map((label, c) => ({
      label,
      count: counts[c] ?? 0,
      right: right.length === 0 || (counts[c] ?? 0) === 0 ? null : (right[c] as number) / (counts[c] as number),
      contributions: Object.fromEntries(
        manifest.concepts.map((concept, k) => [concept.name, contributions[c]?.[k] ?? 0]),
      ),
    })),
  };
}

/** A figure that is resampled, by a name of its own: a metric of the model's own explanations, or of an attribution. */
const columnOf = (metric: MetricName, attribution?: AttributionName): string =>
  attribution === undefined ? metric : `${attribution} ${metric}`;

interface Column extends Terms {
  readonly model: number;
  readonly name: string;
  readonly distribution: boolean;
}

/** Every figure of a model that is a mean over the inputs. */
function columnsOf(job: Job, model: number, { scores, merged }: ScoredModelOf): Column[] {
  const own = job.metrics.flatMap((metric): Column[] => {
    const terms = termsOf(metric, scores);
    return terms === undefined ? [] : [{ ...terms, model, name: columnOf(metric), distribution: isOfInputs(metric) }];
  });
  const others = (Object.entries(merged.attributions) as [AttributionName, MergedAttribution][]).flatMap(
    ([attribution, { compared }]) =>
      comparedMetrics.flatMap((metric): Column[] => {
        const of = compared[metric];
        return isNoValue(of) ? [] : [{ of, model, name: columnOf(metric, attribution), distribution: true }];
      }),
  );
  return [...own, ...others];
}

/** A difference of two models that is resampled. */
interface Difference {
  readonly model: number;
  readonly metric: MetricName;
  readonly paired: Paired;
}

/**
 * @param models in the order of the job, all of the same inputs
 * @param elapsedSeconds the only part that is not the same again
 */
export function scoringReport(job: Job, models: readonly ScoredModelOf[], elapsedSeconds: number): ScoringReport {
  const [first] = models as readonly [ScoredModelOf, ...ScoredModelOf[]];
  const asked = models.flatMap((one, model) => columnsOf(job, model, one));
  const pairs: Difference[] = models.slice(1).flatMap(({ scores }, i) =>
    job.metrics.flatMap((metric) => {
      const [a, b] = [termsOf(metric, first.scores), termsOf(metric, scores)];
      const paired = a && b && pair(a, b);
      return paired === undefined ? [] : [{ model: i + 1, metric, paired }];
    }),
  );
  const columns = [...asked, ...pairs.map(({ paired }) => paired.column)];
  const intervals = bootstrap(first.merged.count, columns, namedStream(job.seed, 'bootstrap'));
  const ofModel = (index: number): ModelReport => {
    const own = asked.map(({ model, name }, i) => [model, name, intervals[i]] as const);
    const mine = new Map(own.filter(([model]) => model === index).map(([, name, of]) => [name, of]));
    return modelReport(job, index, models[index] as ScoredModelOf, mine);
  };
  const comparisonOf = (index: number) => {
    const mine = pairs
      .map((one, i) => ({ ...one, interval: intervals[asked.length + i]?.mean }))
      .filter(({ model }) => model === index);
    const adjusted = holm(mine.map(({ paired }) => paired.p));
    return Object.fromEntries(
      mine.map(({ metric, paired, interval: of }, i) => [metric, comparisonRow(paired, of, adjusted[i] as number)]),
    );
  };
  return {
    schemaVersion: SCHEMA_VERSION,
    ...ofModel(0),
    data: job.data.name,
    count: first.merged.count,
    elapsedSeconds,
    job,
    unusable: { count: first.merged.unusable.count, listed: listedOf(job, first) },
    others: models.slice(1).map((_, i) => ({ ...ofModel(i + 1), comparison: comparisonOf(i + 1) })),
    definitions: definitionsOf(job, RESAMPLES),
  };
}

/** With their places in the whole set. */
function listedOf(job: Job, { merged }: Pick<ScoredModelOf, 'merged'>) {
  const placeOf = placesOf(job);
  return merged.unusable.listed.map((one) => ({ ...one, index: placeOf(one.index) }));
}

function comparisonRow({ count, difference, test, p }: Paired, interval: Interval | undefined, adjusted: number) {
  return { count, difference, ...(interval && { interval: [...interval] as [number, number] }), test, p, adjusted };
}
