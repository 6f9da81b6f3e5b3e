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
  /** The same, with those that were given up. */
  readonly secondsSpent?: number;
  /** `secondsToAccuracy` over what PyTorch spent in the same run: at most that where its own is `null`. */
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
  const peerToAccuracy = peer && toAccuracy.get(peer.lane);
  return measurements.map(({ lane, medians, parameters, runtime, device }) => {
    const milliseconds = median(medians);
    const trained = toAccuracy.get(lane);
    return {
      backend: lane.backend,
      estimator: lane.estimator,
      batch,
      learningRate: learningRateOf(lane),
      msPerStep: rounded(milliseconds, 2),
      msPerStepRange: [rounded(Math.min(...medians), 2), rounded(Math.max(...medians), 2)],
      samplesPerSecond: Math.round((1000 * batch) / milliseconds),
      ratio: peerMilliseconds === undefined ? null : rounded(milliseconds / peerMilliseconds, 3),
      ...(trained && {
        secondsToAccuracy: trained.reached ? rounded(trained.seconds, 2) : null,
        secondsSpent: rounded(trained.seconds, 2),
        secondsRatio: trained.reached && peerToAccuracy ? rounded(trained.seconds / peerToAccuracy.seconds, 3) : null,
        stepsToAccuracy: trained.steps,
      }),
      parameters,
      runtime,
      device,
    };
  });
}
