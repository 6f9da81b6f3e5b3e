import type { Optimizer, Schedule } from '../config/common.ts';

/** How the learning rate goes over a phase of a run. */

/** Share of the learning rate at a step of a phase that takes `steps`, by kind of schedule. */
const schedules = {
  constant: () => 1,
  cosine: (_schedule, step, steps) => (1 + Math.cos((Math.PI * step) / steps)) / 2,
  step: ({ epochs, factor }, step, _steps, stepsPerEpoch) => factor ** Math.floor(step / (epochs * stepsPerEpoch)),
  exponential: ({ factor }, step, steps) => factor ** (step / steps),
} satisfies {
  [Kind in Schedule['kind']]: (
    schedule: Extract<Schedule, { kind: Kind }>,
    step: number,
    steps: number,
    stepsPerEpoch: number,
  ) => number;
};

/** Learning rate of a step in `[0, steps)`. */
export function learningRateAt(
  { learningRate, schedule, warmup }: Optimizer,
  step: number,
  steps: number,
  stepsPerEpoch: number,
): number {
  const share = schedules[schedule.kind] as (
    schedule: Schedule,
    step: number,
    steps: number,
    stepsPerEpoch: number,
  ) => number;
  const rise = Math.min(1, (step + 1) / (warmup + 1));
  return learningRate * rise * share(schedule, step, steps, stepsPerEpoch);
}
