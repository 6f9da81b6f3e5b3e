import { median } from '../statistics.ts';
import type { Measurement } from './rounds.ts';
import type { ToAccuracy } from './to-accuracy.ts';

/** One row of the result, as `--json` prints it. */
export interface Row {
  readonly backend: string;
  readonly estimator: string;
  readonly batch: number;
  /** Of Adam. */
  readonly learningRate: number;
  /** Median over the rounds of each round's median. */
  readonly msPerStep: number;
  /** Lowest and highest median of a round. */
  readonly msPerStepRange: readonly [lowest: number, highest: number];
  readonly samplesPerSecond: number;
  /** `msPerStep` over that of PyTorch in the same run: below 1 is faster; `null` without PyTorch. */
  readonly ratio: number | null;
  /** Where it was asked for, mean over the seeds: `null` where one of them did not reach the accuracy. */
  readonly secondsToAccuracy?: number | null;
  /** `secondsToAccuracy` over that of PyTorch in the same run. */
  readonly secondsRatio?: number | null;
  /** `[seeds]` */
  readonly stepsToAccuracy?: readonly number[];
  readonly parameters: number;
  readonly runtime: string;
  readonly device: string;
}

const rounded = (value: number, digits: number): number => Number(value.toFixed(digits));

/** Rows in the order of the measurements. @param toAccuracy of the measurements' lanes, where it was measured */
export function rowsOf(
  measurements: readonly Measurement[],
  { batch, learningRateOf }: { readonly batch: number; readonly learningRateOf: (lane: Measurement['lane']) => number },
  toAccuracy: ReadonlyMap<Measurement['lane'], ToAccuracy> = new Map(),
): Row[] {
  const peer = measurements.find(({ lane }) => lane.backend === 'pytorch');
  const peerMilliseconds = peer && median(peer.medians);
  const peerSeconds = (peer && toAccuracy.get(peer.lane)?.seconds) ?? null;
  return measurements.map(({ lane, medians, parameters, runtime, device }) => {
    const milliseconds = median(medians);
    const reached = toAccuracy.get(lane);
    return {
      backend: lane.backend,
      estimator: lane.estimator,
      batch,
      learningRate: learningRateOf(lane),
      msPerStep: rounded(milliseconds, 2),
      msPerStepRange: [rounded(Math.min(...medians), 2), rounded(Math.max(...medians), 2)],
      samplesPerSecond: Math.round((1000 * batch) / milliseconds),
      ratio: peerMilliseconds === undefined ? null : rounded(milliseconds / peerMilliseconds, 3),
      ...(reached && {
        secondsToAccuracy: reached.seconds && rounded(reached.seconds, 2),
        secondsRatio: reached.seconds && peerSeconds && rounded(reached.seconds / peerSeconds, 3),
        stepsToAccuracy: reached.steps,
      }),
      parameters,
      runtime,
      device,
    };
  });
}
