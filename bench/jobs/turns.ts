import { median } from '../statistics.ts';

/**
 * The same load on the same server, without a scoring job and with one, in turns: what else the machine does then slows
 * both, and the ratio of neighbours is what the job alone costs.
 */

export const turns = ['without', 'with'] as const;
export type Turn = (typeof turns)[number];

export interface Sample {
  readonly requests: number;
  readonly seconds: number;
  readonly p50Milliseconds: number;
  readonly p99Milliseconds: number;
}

export interface Cost {
  readonly p50Milliseconds: Readonly<Record<Turn, number>>;
  readonly p99Milliseconds: Readonly<Record<Turn, number>>;
  readonly requestsPerSecond: Readonly<Record<Turn, number>>;
  /** p99 with a job over p99 without, of each round: the median, the lowest and the highest. */
  readonly ratio: number;
  readonly ratios: readonly [lowest: number, highest: number];
}

/**
 * Figures are medians over the rounds.
 * @param samples `[rounds]` of each turn
 */
export function costOf(samples: ReadonlyMap<Turn, readonly Sample[]>): Cost {
  const [without, during] = turns.map((turn) => samples.get(turn) ?? []) as [readonly Sample[], readonly Sample[]];
  const both = (of: (sample: Sample) => number) => ({
    without: median(without.map(of)),
    with: median(during.map(of)),
  });
  const ratios = during.map((sample, round) => {
    const { p99Milliseconds } = without[round] as Sample;
    return sample.p99Milliseconds / p99Milliseconds;
  });
  return {
    p50Milliseconds: both(({ p50Milliseconds }) => p50Milliseconds),
    p99Milliseconds: both(({ p99Milliseconds }) => p99Milliseconds),
    requestsPerSecond: both(({ requests, seconds }) => requests / seconds),
    ratio: median(ratios),
    ratios: [Math.min(...ratios), Math.max(...ratios)],
  };
}
