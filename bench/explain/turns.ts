import { median, rotated } from '../statistics.ts';

/** The same explanations in several ways, in turns: what else the machine does then slows all of them. */

/** One turn of a way. */
export interface Sample {
  readonly explanations: number;
  readonly seconds: number;
  /** Requests that they took together. */
  readonly requests: number;
}

export interface Row<Way extends string> {
  readonly way: Way;
  readonly explanationsPerSecond: number;
  readonly requestsPerExplanation: number;
  /** Its explanations a second over those of the first way, of each round: the median, the lowest and the highest. */
  readonly ratio: number;
  readonly ratios: readonly [lowest: number, highest: number];
}

/** Each round begins with another way. @returns `[rounds]` of each */
export async function measureTurns<Way extends string>(
  ways: readonly Way[],
  rounds: number,
  measure: (way: Way, round: number) => Promise<Sample>,
): Promise<Map<Way, Sample[]>> {
  const samples = new Map(ways.map((way) => [way, [] as Sample[]]));
  for (let round = 0; round < rounds; round++) {
    for (const way of rotated(ways, round)) samples.get(way)?.push(await measure(way, round));
  }
  return samples;
}

const rateOf = ({ explanations, seconds }: Sample): number => explanations / seconds;

/** Medians over the rounds. */
export function rowsOf<Way extends string>(samples: ReadonlyMap<Way, readonly Sample[]>): Row<Way>[] {
  const [first = []] = samples.values();
  return [...samples].map(([way, own]) => {
    const ratios = own.map((sample, round) => rateOf(sample) / rateOf(first[round] as Sample));
    return {
      way,
      explanationsPerSecond: median(own.map(rateOf)),
      requestsPerExplanation: median(own.map(({ requests, explanations }) => requests / explanations)),
      ratio: median(ratios),
      ratios: [Math.min(...ratios), Math.max(...ratios)],
    };
  });
}
