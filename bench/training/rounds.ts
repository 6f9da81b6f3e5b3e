import { median, rotated } from '../statistics.ts';
import type { Lane } from './lanes.ts';
import type { Report } from './protocol.ts';

/** Milliseconds a step, in rounds in which the lanes take turns. */

type Timed = Extract<Report, { kind: 'steps' }>;

/** What was measured in one lane. */
export interface Measurement {
  readonly lane: Lane;
  readonly runtime: string;
  readonly device: string;
  readonly parameters: number;
  /** `[rounds]`, the median milliseconds of a step in each. */
  readonly medians: readonly number[];
}

export interface Listener {
  onMissing(backend: Lane['backend'], reason: string): void;
  onReport(lane: Lane, report: Timed, round: number): void;
}

/**
 * Times every lane once a round, one at a time, and starts each round with another lane: a drift of the machine then
 * falls on all of them. A lane whose backend is missing is left out, with the others of that backend.
 * @param run times a lane in a fresh process
 */
export async function measureRounds(
  lanes: readonly Lane[],
  rounds: number,
  run: (lane: Lane) => Promise<Report>,
  { onMissing, onReport }: Listener,
): Promise<Measurement[]> {
  const reports = new Map<Lane, Timed[]>();
  const missing = new Set<Lane['backend']>();
  for (let round = 0; round < rounds; round++) {
    for (const lane of rotated(lanes, round)) {
      if (missing.has(lane.backend)) continue;
      const report = await run(lane);
      if (report.kind === 'missing') {
        missing.add(lane.backend);
        onMissing(lane.backend, report.reason);
      } else if (report.kind === 'steps') {
        reports.set(lane, [...(reports.get(lane) ?? []), report]);
        onReport(lane, report, round);
      }
    }
  }
  return lanes.flatMap((lane) => {
    const [first, ...others] = reports.get(lane) ?? [];
    if (first === undefined) return [];
    const { runtime, device, parameters } = first;
    const medians = [first, ...others].map(({ stepMilliseconds }) => median(stepMilliseconds));
    return [{ lane, runtime, device, parameters, medians }];
  });
}
