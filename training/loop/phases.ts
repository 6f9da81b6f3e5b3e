import type * as tf from '@tensorflow/tfjs';
import type { Config } from '../config/config.ts';
import { kindOf } from '../kinds/index.ts';
import type { Phase } from '../kinds/kind.ts';
import type { LossWeights } from '../losses/terms.ts';
import { type NamedNetworks, trainableVariables } from '../networks/networks.ts';

/** The phases of a run, as a kind names them, laid out over the steps of the run. */

/** The weights of the loss that a run ends with, once everything is warmed up. */
export function lastWeights(config: Config): LossWeights {
  return kindOf(config).phases(config).at(-1)?.weightsAt(Number.POSITIVE_INFINITY) ?? {};
}

/** A phase and where it lies: steps `[firstStep, firstStep + steps)` of the run. */
export interface PhaseSpan extends Omit<Phase, 'trains'> {
  readonly firstStep: number;
  readonly steps: number;
  /** What the phase learns. */
  readonly variables: tf.Variable[];
}

/** One phase after the other. @param stepsPerEpoch of all of them */
export function spansOf(phases: readonly Phase[], networks: NamedNetworks, stepsPerEpoch: number): PhaseSpan[] {
  let firstStep = 0;
  return phases.map(({ trains, ...phase }) => {
    const steps = phase.epochs * stepsPerEpoch;
    const variables = trainableVariables(trains.map((name) => networks[name] as tf.LayersModel));
    const span = { ...phase, firstStep, steps, variables };
    firstStep += steps;
    return span;
  });
}
