import * as tf from '@tensorflow/tfjs';
import { SennError } from '../../core/errors.ts';
import type { RandomStream } from '../../core/random.ts';
import type { Config } from '../config/config.ts';
import {
  type LossContext,
  type LossValues,
  lossWeights,
  pretrainingWeights,
  termsOf,
  totalLoss,
} from '../losses/index.ts';
import { type Networks, trainableVariables } from '../networks/index.ts';
import { type Evaluation, evaluate } from '../run/evaluate.ts';
import { Adam, type OptimizerState } from './adam.ts';
import { augmentImages } from './augment.ts';
import { type Augment, batchesOf, batchOf, type Feed } from './batches.ts';
import { lambdaShareAt, learningRateAt } from './schedule.ts';
import { TermAverage } from './term-average.ts';

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

/** The epoch with the best validation accuracy so far. */
export interface Best {
  readonly epoch: number;
  readonly accuracy: number;
}

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
  /** Called where the weights have the best validation accuracy so far. */
  readonly onBest: () => Promise<void>;
  /** Called after every epoch, and when the signal aborts; the run can go on from what it gets. */
  readonly onCheckpoint: (state: TrainingState) => Promise<void>;
  /** Stops the run after the step that is running. */
  readonly signal?: AbortSignal;
  /** Goes on from here; the networks must hold the weights they had then. */
  readonly resumeFrom?: TrainingState | undefined;
}

/** A part of a run: what is learnt, by which loss. */
interface Phase {
  readonly firstStep: number;
  readonly steps: number;
  readonly variables: tf.Variable[];
  readonly weights: LossContext['weights'];
}

/** Pretraining, where the configuration has it, and training. */
function phasesOf({ conceptizer, parameterizer, decoder }: Networks, config: Config, stepsPerEpoch: number): Phase[] {
  const { pretraining } = config;
  const firstStep = (pretraining?.epochs ?? 0) * stepsPerEpoch;
  const training: Phase = {
    firstStep,
    steps: config.epochs * stepsPerEpoch,
    variables: trainableVariables([conceptizer, parameterizer, decoder]),
    weights: lossWeights(config),
  };
  if (pretraining === undefined) return [training];
  const before: Phase = {
    firstStep: 0,
    steps: firstStep,
    variables: trainableVariables([conceptizer, decoder]),
    weights: pretrainingWeights(config, pretraining.beta),
  };
  return [before, training];
}

/** The weights of the loss at a step of the run: those of the phase, with λ as far as its warm-up has come. */
function weightsAt({ weights, firstStep }: Phase, { robustness }: Config, step: number): LossContext['weights'] {
  if (weights.robustness === undefined) return weights;
  return { ...weights, robustness: weights.robustness * lambdaShareAt(robustness, step - firstStep) };
}

/** One step of gradient descent. @returns `[terms]`, every loss term before the step; the caller disposes it */
export function trainStep(
  networks: Networks,
  { variables, weights }: Pick<Phase, 'variables' | 'weights'>,
  optimizer: Adam,
  rows: Int32Array,
  {
    config,
    train,
    random,
    augment,
  }: Pick<TrainingOptions, 'config' | 'train' | 'random'> & { augment?: Augment | undefined },
): tf.Tensor1D {
  return tf.tidy(() => {
    const batch = batchOf(train, rows, augment);
    const context = { config, weights, random, count: train.split.labels.length };
    let terms: tf.Tensor1D | undefined;
    const { value, grads } = tf.variableGrads(() => {
      const loss = totalLoss(networks, batch, context);
      terms = tf.keep(tf.stack(termsOf(weights).map((term) => loss[term] as tf.Scalar))) as tf.Tensor1D;
      return loss.loss;
    }, variables);
    value.dispose();
    optimizer.apply(grads);
    return terms as tf.Tensor1D;
  });
}

function augmentOf({ config, train, random }: TrainingOptions): Augment | undefined {
  const { augmentation } = config;
  const shape = train.split.shape.slice(1);
  if (augmentation === undefined) return undefined;
  if (shape.length !== 3) throw new SennError('invalid_config', 'augmentation: needs images; the data are tables');
  return (values) => augmentImages(values, shape as [number, number, number], augmentation, random);
}

/**
 * Trains the networks in place. Every random choice comes from `random`, so on one backend the same seed gives the same
 * weights, also when the run was broken off and goes on from its state.
 * @throws training_failed where a loss term is not finite; interrupted, after a checkpoint, when the signal aborts
 */
export async function train(networks: Networks, options: TrainingOptions): Promise<void> {
  const { config, heldOut, random, now, reportEvery, signal, resumeFrom } = options;
  const count = options.train.split.labels.length;
  const stepsPerEpoch = Math.ceil(count / config.batchSize);
  const phases = phasesOf(networks, config, stepsPerEpoch);
  const epochs = (config.pretraining?.epochs ?? 0) + config.epochs;
  const steps = epochs * stepsPerEpoch;
  const augment = augmentOf(options);
  const started = now();
  const firstStep = resumeFrom?.step ?? 0;
  const patience = config.earlyStopping?.patience ?? Number.POSITIVE_INFINITY;
  let step = firstStep;
  let epochRandom = resumeFrom?.epochRandom ?? random.state();
  let best = resumeFrom?.best;

  for (const phase of phases) {
    const lastStep = phase.firstStep + phase.steps;
    if (step >= lastStep) continue;
    const terms = termsOf(phase.weights);
    const optimizer = new Adam(phase.variables, config.optimizer.learningRate);
    const recent = new TermAverage(terms);
    const whole = new TermAverage(terms);
    const checkpoint = async (): Promise<void> => {
      whole.check(step);
      const saved = await optimizer.state();
      await options.onCheckpoint({
        step,
        epochRandom,
        random: random.state(),
        epochSums: whole.sums(),
        best,
        optimizer: saved,
      });
    };
    const report = (epoch: number): void => {
      const elapsedSeconds = now() - started;
      const remainingSeconds = (elapsedSeconds / (step - firstStep)) * (steps - step);
      options.onProgress({ epoch, epochs, step, steps, terms: recent.take(step), elapsedSeconds, remainingSeconds });
    };
    try {
      if (resumeFrom !== undefined && firstStep > phase.firstStep && step === firstStep) {
        optimizer.restore(resumeFrom.optimizer);
        whole.restore(resumeFrom.epochSums, step % stepsPerEpoch);
      }
      while (step < lastStep) {
        const epoch = Math.floor(step / stepsPerEpoch) + 1;
        if (best !== undefined && step % stepsPerEpoch === 0 && epoch - 1 - best.epoch >= patience) return;
        random.restore(epochRandom);
        const order = random.permutation(count);
        if (step % stepsPerEpoch > 0 && resumeFrom !== undefined) random.restore(resumeFrom.random);
        let learningRate = 0;
        for (const rows of [...batchesOf(order, config.batchSize)].slice(step % stepsPerEpoch)) {
          if (signal?.aborted) {
            await checkpoint();
            throw new SennError('interrupted', `training stopped after step ${step} of ${steps}`, { step, steps });
          }
          learningRate = learningRateAt(config.optimizer, step - phase.firstStep, phase.steps, stepsPerEpoch);
          optimizer.learningRate = learningRate;
          const weights = weightsAt(phase, config, step);
          const values = trainStep(networks, { ...phase, weights }, optimizer, rows, { ...options, augment });
          recent.add(values);
          whole.add(values);
          values.dispose();
          step++;
          if (step % reportEvery === 0 || step === lastStep) report(epoch);
          await new Promise((resolve) => setImmediate(resolve)); // so that signals are heard
        }
        const supervised = phase.weights.classification !== undefined;
        const validation = heldOut && supervised ? evaluate(networks, heldOut, { config }) : undefined;
        options.onEpoch({ epoch, step, learningRate, terms: whole.take(step), validation });
        if (validation !== undefined && validation.accuracy > (best?.accuracy ?? Number.NEGATIVE_INFINITY)) {
          best = { epoch, accuracy: validation.accuracy };
          await options.onBest();
        }
        epochRandom = random.state();
        await checkpoint();
      }
    } finally {
      recent.dispose();
      whole.dispose();
      optimizer.dispose();
    }
  }
}
