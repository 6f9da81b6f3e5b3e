import { AggregatorRegistry } from 'prom-client';
import type { MetricsData } from './questions.ts';

/** The metrics of several processes as those of one server. */
export interface TotalMetrics<Process> {
  /**
   * The sum over the processes, as text. What a process had counted when it was last asked stays in it after its end.
   */
  text(given: ReadonlyMap<Process, MetricsData>): Promise<string>;
  /** To be called when a process has ended. */
  ended(process: Process): void;
}

export function totalMetrics<Process>(): TotalMetrics<Process> {
  const latest = new Map<Process, MetricsData>();
  let past: MetricsData[] = [];
  return {
    async text(given) {
      for (const [process, data] of given) latest.set(process, data.map(worst));
      if (past.length > 1) past = [(await AggregatorRegistry.aggregate(past).getMetricsAsJSON()) as MetricsData];
      const present = [...given.keys()].map((process) => latest.get(process) as MetricsData);
      return AggregatorRegistry.aggregate([...present, ...past]).metrics();
    },
    ended(process) {
      const counted = latest.get(process)?.filter(isCounted);
      latest.delete(process);
      if (counted !== undefined) past.push(counted);
    },
  };
}

/** Of the event loops' delays the longest is reported, and not prom-client's mean. */
const worst = (metric: MetricsData[number]): MetricsData[number] =>
  metric.name.startsWith('nodejs_eventloop_lag') ? { ...metric, aggregator: 'max' } : metric;

/** Whether a metric only ever grows. The others say how things are at the moment, and end with their process. */
const isCounted = ({ type }: MetricsData[number]): boolean => ['counter', 'histogram'].includes(String(type));
