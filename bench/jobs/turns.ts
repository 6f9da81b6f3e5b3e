import { median, rotated } from '../statistics.ts';

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

/** `[rounds]` of each turn. */
export type Samples = Readonly<Record<Turn, readonly Sample[]>>;

export interface Cost {
  readonly p50Milliseconds: Readonly<Record<Turn, number>>;
  readonly p99Milliseconds: Readonly<Record<Turn, number>>;
  readonly requestsPerSecond: Readonly<Record<Turn, number>>;
  /** p99 with a job over p99 without, of each round: the median, the lowest and the highest. */
  readonly ratio: number;
  readonly ratios: readonly [lowest: number, highest: number];
}

/** Every other round begins with the other turn. */
export async function measureTurns(rounds: number, measure: (turn: Turn, round: number) => Promise<Sample>) {
  const samples: Record<Turn, Sample[]> = { without: [], with: [] };
  for (let round = 0; round < rounds; round++) {
    for (const turn of rotated(turns, round)) samples[turn].push(await measure(turn, round));
  }
  return samples;
}

/** Figures are medians over the rounds. */
export function costOf(samples: Samples): Cost {
  const both = (of: (sample: Sample) => number) => ({
    without: median(samples.without.map(of)),
    with: median(samples.with.map(of)),
  });
  const ratios = samples.with.map((sample, round) => {
    const { p99Milliseconds } = samples.without[round] as Sample;
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
