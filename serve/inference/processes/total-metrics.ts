import { AggregatorRegistry } from 'prom-client';
import type { MetricsData } from './questions.ts';

/**
 * The metrics of several processes as those of one server. What it says that was counted never falls: a process that does not
 * answer at the moment, and one that has ended, stay in the sum with what they had counted when they were last heard.
 */
export interface TotalMetrics<Process> {
  /** A process begins, with nothing counted. */
  started(process: Process): void;
  /** What a process has counted; what else is in the data is passed over. */
  heard(process: Process, data: MetricsData): void;
  ended(process: Process): void;
  /**
   * The sum as text.
   * @param given all metrics of those that have answered now
   * @param own metrics of no process
   */
  text(given: ReadonlyMap<Process, MetricsData>, own?: MetricsData): Promise<string>;
}

/** Processes that have ended whose counts are kept one by one, before they are added up. */
const MOST_PAST = 8;

export function totalMetrics<Process>(): TotalMetrics<Process> {
  const counted = new Map<Process, MetricsData>();
  let past: MetricsData[] = [];
  let adding = false;
  /** Adds up what those that have ended had counted; more may end meanwhile. */
  const addUp = async (): Promise<void> => {
    if (adding || past.length <= MOST_PAST) return;
    adding = true;
    const { length } = past;
    const sum = (await AggregatorRegistry.aggregate(past).getMetricsAsJSON()) as MetricsData;
    past = [sum, ...past.slice(length)];
    adding = false;
  };
  const heard = (process: Process, data: MetricsData): void => {
    if (counted.has(process)) counted.set(process, data.filter(isCounted)); // its answer may come after its end
  };
  return {
    started: (process) => void counted.set(process, []),
    heard,
    ended(process) {
      past.push(counted.get(process) ?? []);
      counted.delete(process);
    },
    async text(given, own = []) {
      for (const [process, data] of given) heard(process, data);
      const present = [...counted].map(([process, then]) => given.get(process)?.map(worst) ?? then);
      const all = AggregatorRegistry.aggregate([...present, ...past, own]);
      await addUp();
      return all.metrics();
    },
  };
}

/** Of the event loops' delays the longest is reported, and not prom-client's mean. */
const worst = (metric: MetricsData[number]): MetricsData[number] =>
  metric.name.startsWith('nodejs_eventloop_lag') ? { ...metric, aggregator: 'max' } : metric;

/** Whether a metric only ever grows. The others say how things are at the moment, and end with their process. */
const isCounted = ({ type }: MetricsData[number]): boolean => ['counter', 'histogram'].includes(String(type));
