import { SennError } from '../../core/errors.ts';
import type { RandomStream } from '../../core/random.ts';
import type { Config } from '../config/config.ts';
import { kindOf } from '../kinds/index.ts';
import { termsOf } from '../losses/terms.ts';
import type { NamedNetworks } from '../networks/networks.ts';
import { type Evaluation, evaluate } from '../run/evaluate.ts';
import { Adam } from './adam.ts';
import { augmentOf } from './augment.ts';
import { batchesOf, type Feed } from './batches.ts';
import { better, endsBefore } from './early-stopping.ts';
import { type PhaseSpan, spansOf } from './phases.ts';
import { type EpochSummary, type Progress, reporter } from './progress.ts';
import { learningRateAt } from './schedule.ts';
import { restoreInto, type Standing, stateOf, type TrainingState } from './state.ts';
import { type StepContext, trainStep } from './step.ts';
import { TermAverage } from './term-average.ts';

/** The loop of a run: phases of epochs of steps, with a checkpoint after every epoch. */

export interface TrainingOptions {
  readonly config: Config;
  readonly train: Feed;
  /** The inputs held out of training, where there are any. */
  readonly heldOut: Feed | undefined;
  readonly random: RandomStream;
  /** Seconds, from any origin. */
  readonly now: () => number;
  /** Steps between two reports. */
  readonly reportEvery: number;
  readonly onProgress: (progress: Progress) => void;
  readonly onEpoch: (summary: EpochSummary) => void;
  /** What an epoch is worth by its held-out inputs, higher is better; nothing where that cannot be told. */
  readonly judge: (validation: Evaluation) => Promise<number | undefined>;
  /** Called where the weights are the best so far by `judge`. */
  readonly onBest: () => Promise<void>;
  /** Called after every epoch, and when the signal aborts; the run can go on from what it gets. */
  readonly onCheckpoint: (state: TrainingState) => Promise<void>;
  /** Stops the run after the step that is running. */
  readonly signal?: AbortSignal;
  /** Goes on from here; the networks must hold the weights they had then. */
  readonly resumeFrom?: TrainingState | undefined;
}

/** A run as all of its phases see it. */
interface Run extends StepContext {
  readonly networks: NamedNetworks;
  readonly options: TrainingOptions;
  readonly stepsPerEpoch: number;
  readonly steps: number;
  readonly standing: Standing;
  readonly report: ReturnType<typeof reporter>;
}

/** What a phase keeps while it goes on. */
interface Workbench {
  readonly optimizer: Adam;
  /** Means of the terms since the last report, and over the epoch. */
  readonly recent: TermAverage;
  readonly whole: TermAverage;
  readonly checkpoint: () => Promise<void>;
}

/** The batches that are left of the epoch that the next step is in, drawn as when it began. */
function batchesLeft({ options, standing, stepsPerEpoch, config, random, train }: Run): Int32Array[] {
  const done = standing.step % stepsPerEpoch;
  random.restore(standing.epochRandom);
  const order = random.permutation(train.split.labels.length);
  if (done > 0 && options.resumeFrom !== undefined) random.restore(options.resumeFrom.random);
  return [...batchesOf(order, config.batchSize)].slice(done);
}

/** The steps that are left of an epoch. @returns the learning rate of the last one */
async function trainEpoch(run: Run, phase: PhaseSpan, bench: Workbench, epoch: number): Promise<number> {
  const { networks, config, options, standing, steps, stepsPerEpoch } = run;
  const { optimizer, recent, whole, checkpoint } = bench;
  let learningRate = 0;
  for (const rows of batchesLeft(run)) {
    if (options.signal?.aborted) {
      await checkpoint();
      const { step } = standing;
      throw new SennError('interrupted', `training stopped after step ${step} of ${steps}`, { step, steps });
    }
    const step = standing.step - phase.firstStep;
    learningRate = learningRateAt(config.optimizer, step, phase.steps, stepsPerEpoch);
    optimizer.learningRate = learningRate;
    const objective = { variables: phase.variables, weights: phase.weightsAt(step) };
    const values = trainStep(networks, objective, optimizer, rows, run);
    recent.add(values);
    whole.add(values);
    values.dispose();
    standing.step++;
    if (standing.step % options.reportEvery === 0 || step + 1 === phase.steps) {
      options.onProgress(run.report(epoch, standing.step, recent.take(standing.step)));
    }
    await new Promise((resolve) => setImmediate(resolve)); // so that signals are heard
  }
  return learningRate;
}

/** What is left of a phase. @returns whether the run goes on after it */
async function trainPhase(run: Run, phase: PhaseSpan): Promise<boolean> {
  const { networks, config, options, standing, stepsPerEpoch, random } = run;
  const { heldOut, resumeFrom } = options;
  const terms = termsOf(phase.weightsAt(0), kindOf(config).terms);
  const optimizer = new Adam(phase.variables, config.optimizer.learningRate);
  const recent = new TermAverage(terms);
  const whole = new TermAverage(terms);
  const checkpoint = async (): Promise<void> => {
    whole.check(standing.step);
    await options.onCheckpoint(await stateOf(standing, random, optimizer, whole));
  };
  try {
    if (resumeFrom !== undefined && standing.step === resumeFrom.step) {
      restoreInto(resumeFrom, phase, optimizer, whole, stepsPerEpoch);
    }
    while (standing.step < phase.firstStep + phase.steps) {
      const epoch = Math.floor(standing.step / stepsPerEpoch) + 1;
      if (standing.step % stepsPerEpoch === 0 && endsBefore(epoch, standing.best, config)) return false;
      const learningRate = await trainEpoch(run, phase, { optimizer, recent, whole, checkpoint }, epoch);
      const validation = heldOut && phase.supervised ? evaluate(networks, heldOut, { config }) : undefined;
      options.onEpoch({ epoch, step: standing.step, learningRate, terms: whole.take(standing.step), validation });
      const best = better(standing.best, epoch, validation && (await options.judge(validation)));
      if (best !== standing.best) {
        standing.best = best;
        await options.onBest();
      }
      standing.epochRandom = random.state();
      await checkpoint();
    }
    return true;
  } finally {
    recent.dispose();
    whole.dispose();
    optimizer.dispose();
  }
}

/**
 * Trains the networks in place. Every random choice comes from `random`, so on one backend the same seed gives the same
 * weights, also when the run was broken off and goes on from its state.
 * @throws training_failed where a loss term is not finite; interrupted, after a checkpoint, when the signal aborts
 */
export async function train(networks: NamedNetworks, options: TrainingOptions): Promise<void> {
  const { config, random, now, resumeFrom } = options;
  const stepsPerEpoch = Math.ceil(options.train.split.labels.length / config.batchSize);
  const phases = spansOf(kindOf(config).phases(config), networks, stepsPerEpoch);
  const epochs = phases.reduce((sum, phase) => sum + phase.epochs, 0);
  const steps = epochs * stepsPerEpoch;
  const firstStep = resumeFrom?.step ?? 0;
  const run: Run = {
    networks,
    options,
    config,
    random,
    train: options.train,
    augment: augmentOf(options),
    stepsPerEpoch,
    steps,
    standing: { step: firstStep, epochRandom: resumeFrom?.epochRandom ?? random.state(), best: resumeFrom?.best },
    report: reporter({ firstStep, epochs, steps, now }),
  };
  for (const phase of phases) {
    if (run.standing.step >= phase.firstStep + phase.steps) continue;
    if (!(await trainPhase(run, phase))) return;
  }
}
