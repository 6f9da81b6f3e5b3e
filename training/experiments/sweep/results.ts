import { groupBy, spreadOf } from '../../figures/statistics.ts';
import type { FinishedRun, Setting } from './sweep.ts';

/** Mean and spread of a metric over the runs that share a setting. */
export interface Summary {
  readonly setting: Setting;
  readonly metric: string;
  readonly count: number;
  readonly mean: number;
  /** Sample standard deviation; absent for a single run. */
  readonly deviation?: number | undefined;
}

/** Groups runs by the settings that are not averaged over. @param over names of the settings that are */
export function summarize(runs: readonly FinishedRun[], over: readonly string[]): Summary[] {
  const kept = ({ setting }: FinishedRun): Setting =>
    Object.fromEntries(Object.entries(setting).filter(([name]) => !over.includes(name)));
  return groupBy(runs, (run) => JSON.stringify(kept(run))).flatMap((group) => {
    const first = group[0] as FinishedRun;
    return Object.keys(first.metrics).map((metric) => ({
      setting: kept(first),
      metric,
      ...spreadOf(group.map(({ metrics }) => metrics[metric] as number)),
    }));
  });
}

/** One line a run: its settings, then its metrics; a cell is empty where a run has no such metric. */
export function resultsCsv(runs: readonly FinishedRun[]): string {
  const settings = Object.keys(runs[0]?.setting ?? {});
  const metrics = [...new Set(runs.flatMap((run) => Object.keys(run.metrics)))];
  const lines = runs.map((run) => [
    ...settings.map((name) => run.setting[name]),
    ...metrics.map((name) => run.metrics[name] ?? ''),
  ]);
  return `${[[...settings, ...metrics], ...lines].map((line) => line.join(',')).join('\n')}\n`;
}
