/** What `/metrics` of our server says of a measurement. */

/** Sums over the labels of every series, by name, of Prometheus' text format. */
export function totalsOf(text: string): Map<string, number> {
  const totals = new Map<string, number>();
  for (const line of text.split('\n')) {
    const [, name, value] = line.match(/^([a-zA-Z_:][\w:]*)(?:\{.*\})?\s+(\S+)/) ?? [];
    if (name === undefined || !Number.isFinite(Number(value))) continue;
    totals.set(name, (totals.get(name) ?? 0) + Number(value));
  }
  return totals;
}

/** The totals of a server; none where it has no `/metrics`. Reading them begins a new window of the event loop's delay. */
export async function readMetrics(url: string): Promise<Map<string, number>> {
  const response = await fetch(`${url}/metrics`);
  const text = await response.text();
  return response.ok ? totalsOf(text) : new Map();
}

export interface EngineMetrics {
  readonly eventLoopDelayP99Milliseconds: number | null;
  /** Mean number of inputs that were run together. */
  readonly meanBatch: number | null;
}

type Totals = ReadonlyMap<string, number>;

/** @param before totals when the measurement began @param after totals when it ended */
export function engineMetrics(before: Totals, after: Totals): EngineMetrics {
  const delay = after.get('nodejs_eventloop_lag_p99_seconds');
  const histogram = [...after.keys()].find((name) => /batch_size_sum$/.test(name));
  const grown = (name: string): number => (after.get(name) ?? 0) - (before.get(name) ?? 0);
  const batches = histogram === undefined ? 0 : grown(histogram.replace(/_sum$/, '_count'));
  return {
    eventLoopDelayP99Milliseconds: delay === undefined ? null : 1000 * delay,
    meanBatch: histogram === undefined || batches === 0 ? null : grown(histogram) / batches,
  };
}
