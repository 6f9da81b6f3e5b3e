import { z } from 'zod';
import { type MetricName, metricNames, metrics, type Scores } from './index.ts';
import { summarise } from './summary.ts';

/** The report of `senn score`, as data: a summary of each metric over a scored set. */
const figure = z.number().nullable();

const metricReport = z.strictObject({
  direction: z.enum(['higher', 'lower']),
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
});

export const reportSchema = z.strictObject({
  model: z.string(),
  data: z.string(),
  /** Inputs scored: `count + withoutValue` of each metric. */
  count: z.int().positive(),
  elapsedSeconds: z.number().nonnegative(),
  metrics: z.partialRecord(z.enum(metricNames as [MetricName, ...MetricName[]]), metricReport),
});
export type Report = z.infer<typeof reportSchema>;

/** @param header everything but the metrics */
export function reportOf(header: Omit<Report, 'metrics'>, scores: Scores): Report {
  const rows = (Object.keys(scores) as MetricName[]).map((name) => {
    const { direction } = metrics[name];
    return [name, { direction, ...summarise(scores[name] ?? []) }] as const;
  });
  return { ...header, metrics: Object.fromEntries(rows) };
}
