import { rotated } from '../statistics.ts';
import type { Lane } from './lanes.ts';
import type { Report } from './protocol.ts';

type Reached = Extract<Report, { kind: 'accuracy' }>;

/** What the trainings of one lane to an accuracy took. */
export interface ToAccuracy {
  /** Mean over the seeds; `null` where one of them did not reach it. */
  readonly seconds: number | null;
  /** `[seeds]` */
  readonly steps: readonly number[];
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

/**
 * Trains every lane to an accuracy, once a seed, one at a time, and starts each seed with another lane.
 * @param train trains a lane in a fresh process
 */
export async function measureToAccuracy<L extends Lane>(
  lanes: readonly L[],
  seeds: readonly number[],
  train: (lane: L, seed: number) => Promise<Report>,
  onReport: (lane: L, report: Reached, seed: number) => void,
): Promise<Map<L, ToAccuracy>> {
  const reports = new Map<L, Reached[]>();
  for (const [i, seed] of seeds.entries()) {
    for (const lane of rotated(lanes, i)) {
      const report = await train(lane, seed);
      if (report.kind !== 'accuracy') throw new Error(`${lane.backend} ${lane.estimator}: reports ${report.kind}`);
      reports.set(lane, [...(reports.get(lane) ?? []), report]);
      onReport(lane, report, seed);
    }
  }
  return new Map(
    [...reports].map(([lane, all]) => {
      const seconds = all.map(({ secondsToAccuracy }) => secondsToAccuracy);
      const reached = seconds.filter((value) => value !== null);
      const steps = all.map(({ stepsTaken }) => stepsTaken);
      return [lane, { seconds: reached.length < all.length ? null : mean(reached), steps }];
    }),
  );
}
