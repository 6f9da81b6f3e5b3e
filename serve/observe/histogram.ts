import type { Metric, MetricValueWithName, Registry } from 'prom-client';

/**
 * Histograms in prom-client's registry whose series are looked up once. prom-client's own look a series up for each
 * value, by a text that they make of its labels; six values a request took 3 % of a small prediction (`npm run
 * bench:serve`). A test holds them to prom-client's own.
 */

export type Observe = (value: number) => void;

export interface HistogramOptions<Label extends string> {
  readonly name: string;
  readonly help: string;
  readonly labelNames: readonly Label[];
  /** Upper bounds, rising, without the infinite one. */
  readonly buckets: readonly number[];
  readonly registry: Registry;
}

interface Series {
  readonly labels: Readonly<Record<string, string>>;
  /** How many values lie in each bucket alone; the last element counts those above every bound. */
  readonly counts: Float64Array;
  sum: number;
  readonly observe: Observe;
}

/** @returns a function that finds the series of labels, once: keep the `Observe` that it gives */
export function registerHistogram<Label extends string>({
  name,
  help,
  labelNames,
  buckets,
  registry,
}: HistogramOptions<Label>): (labels: Readonly<Record<Label, string>>) => Observe {
  const known = new Map<string, Series>();
  const metric = {
    name,
    get: async () => ({
      ...{ name, help, type: 'histogram', aggregator: 'sum' },
      values: [...known.values()].flatMap((series) => samplesOf(name, buckets, series)),
    }),
  };
  registry.registerMetric(metric as unknown as Metric);
  return (labels) => {
    const key = JSON.stringify(labelNames.map((label) => labels[label]));
    const series = known.get(key) ?? seriesOf(labels, buckets);
    known.set(key, series);
    return series.observe;
  };
}

function seriesOf(labels: Readonly<Record<string, string>>, buckets: readonly number[]): Series {
  const counts = new Float64Array(buckets.length + 1);
  const series: Series = {
    labels,
    counts,
    sum: 0,
    observe: (value) => {
      let bucket = 0;
      while (bucket < buckets.length && value > (buckets[bucket] as number)) bucket += 1;
      counts[bucket] = (counts[bucket] as number) + 1;
      series.sum += value;
    },
  };
  return series;
}

/** The samples in Prometheus' form, where a bucket counts all values up to its bound. */
function samplesOf(
  name: string,
  buckets: readonly number[],
  { labels, counts, sum }: Series,
): MetricValueWithName<string>[] {
  let count = 0;
  const cumulative = [...buckets, '+Inf'].map((le, i) => {
    count += counts[i] as number;
    return { metricName: `${name}_bucket`, labels: { le, ...labels }, value: count };
  });
  return [
    ...cumulative,
    { metricName: `${name}_sum`, labels, value: sum },
    { metricName: `${name}_count`, labels, value: count },
  ];
}
