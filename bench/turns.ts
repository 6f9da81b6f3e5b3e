import { rotated } from './statistics.ts';

/** The same work in several ways, in turns: what else the machine does then slows all of them. */

/** Each round begins with another way. @returns `[rounds]` of each */
export async function measureTurns<Way extends string, Sample>(
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
