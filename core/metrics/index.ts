import type { Evidence } from './evidence/explanations.ts';
import { faithfulness } from './faithfulness/faithfulness.ts';
import type { Metric, MetricOptions } from './metric.ts';
import { stability } from './stability/stability.ts';

/** Every metric by its name: what `--metrics` may ask for, in the order of the report. */
export const metrics = { faithfulness, stability } satisfies Record<string, Metric>;
export type MetricName = keyof typeof metrics;
export const metricNames = Object.keys(metrics) as MetricName[];

/** `[N]` values for each metric that was asked for; `null` where an input has none. */
export type Scores = Partial<Record<MetricName, (number | null)[]>>;

/** Computes the named metrics, each over the whole set. */
export function score(
  evidence: Evidence,
  names: readonly MetricName[],
  optionsOf: (name: MetricName) => MetricOptions = () => ({}),
): Scores {
  return Object.fromEntries(names.map((name) => [name, metrics[name].perInput(evidence, optionsOf(name))]));
}
