import { median } from '../statistics.ts';

/** The same explanations in several ways, measured in turns. */

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
