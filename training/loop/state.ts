import type { RandomStream } from '../../core/random.ts';
import type { Adam, OptimizerState } from './adam.ts';
import type { Best } from './early-stopping.ts';
import type { PhaseSpan } from './phases.ts';
import type { TermAverage } from './term-average.ts';

/** What a run that was broken off needs to go on to the same numbers, besides its weights. */

/** Everything besides the weights that the rest of a run depends on, between two steps. */
export interface TrainingState {
  /** Steps done. */
  readonly step: number;
  /** The random stream before the permutation of the epoch that the next step is in. */
  readonly epochRandom: readonly number[];
  /** The random stream now. */
  readonly random: readonly number[];
  /** `[terms]`, sums of the loss terms over the steps of this epoch. */
  readonly epochSums: readonly number[];
  readonly best: Best | undefined;
  readonly optimizer: OptimizerState;
}

/** Where a run stands: it moves on with every step. */
export interface Standing {
  step: number;
  epochRandom: readonly number[];
  best: Best | undefined;
}

/** The state of a run that stands here. @param sums of the loss terms over the epoch so far */
export async function stateOf(
  standing: Standing,
  random: RandomStream,
  optimizer: Adam,
  sums: TermAverage,
): Promise<TrainingState> {
  return { ...standing, random: random.state(), epochSums: sums.sums(), optimizer: await optimizer.state() };
}

/**
 * Puts optimizer and sums where a state left them. At the first step of a phase both are new, and stay so: the state
 * that stands there is of the phase before.
 */
export function restoreInto(
  state: TrainingState,
  { firstStep }: Pick<PhaseSpan, 'firstStep'>,
  optimizer: Adam,
  sums: TermAverage,
  stepsPerEpoch: number,
): void {
  if (state.step <= firstStep) return;
  optimizer.restore(state.optimizer);
  sums.restore(state.epochSums, state.step % stepsPerEpoch);
}
