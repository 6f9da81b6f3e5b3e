import { mean, rotated } from '../statistics.ts';
import type { Lane } from './lanes.ts';
import type { Report } from './protocol.ts';

/** Seconds until an accuracy is reached, over several seeds in which the lanes take turns. */

type Reached = Extract<Report, { kind: 'accuracy' }>;

/** What the trainings of one lane to an accuracy took. */
export interface ToAccuracy {
  /** Mean over the seeds. */
  readonly seconds: number;
  /** Whether all of them got there; else it would have taken longer. */
  readonly reached: boolean;
  /** `[seeds]` */
  readonly steps: readonly number[];
}

/**
 * Trains every lane to an accuracy, once a seed, one at a time, and starts each seed with another lane.
 * @param train trains a lane in a fresh process
 */
export async function measureToAccuracy<L extends Lane>(
  lanes: readonly L[],
  seeds: readonly number[],
  target: number,
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
      const seconds = mean(all.map((report) => report.seconds));
      const reached = all.every(({ accuracy }) => accuracy >= target);
      return [lane, { seconds, reached, steps: all.map(({ stepsTaken }) => stepsTaken) }];
    }),
  );
}
