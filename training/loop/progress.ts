import type { LossValues } from '../losses/terms.ts';
import type { Evaluation } from '../run/evaluate.ts';

/** What a run tells of itself while it goes on. */

/** Means of every loss term since the last report, and where the run stands. */
export interface Progress {
  readonly epoch: number;
  readonly epochs: number;
  /** Steps done, over the whole run. */
  readonly step: number;
  readonly steps: number;
  readonly terms: LossValues;
  readonly elapsedSeconds: number;
  readonly remainingSeconds: number;
}

/** Means of every loss term over one epoch, and the figures on the held-out inputs where there are any. */
export interface EpochSummary {
  readonly epoch: number;
  /** Steps done at its end, over the whole run. */
  readonly step: number;
  readonly learningRate: number;
  readonly terms: LossValues;
  readonly validation: Evaluation | undefined;
}

/** Where a run ends, and where it began, which a run that was resumed did later than at 0. */
interface Extent {
  readonly firstStep: number;
  readonly epochs: number;
  readonly steps: number;
  /** Seconds, from any origin. */
  readonly now: () => number;
}

/** Makes reports of a run: the time that is left is what the steps so far took, for the steps to come. */
export function reporter({ firstStep, epochs, steps, now }: Extent) {
  const started = now();
  return (epoch: number, step: number, terms: LossValues): Progress => {
    const elapsedSeconds = now() - started;
    const remainingSeconds = (elapsedSeconds / (step - firstStep)) * (steps - step);
    return { epoch, epochs, step, steps, terms, elapsedSeconds, remainingSeconds };
  };
}
