import * as tf from '@tensorflow/tfjs';
import { SennError } from '../core/errors.ts';
import { batchesOf, gatherRows, imageRows, labelRows } from './batches.ts';
import type { Config } from './config.ts';
import type { Split } from './datasets/index.ts';
import { type Evaluation, evaluate } from './evaluate.ts';
import { type LossValues, lossTermsOf, totalLoss } from './losses/index.ts';
import { type Networks, trainableVariables } from './networks/index.ts';
import { type OptimizerState, restoreOptimizer, saveOptimizer } from './optimizer-state.ts';
import type { RandomStream } from './random.ts';
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
  readonly terms: LossValues;
  readonly validation: Evaluation | undefined;
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
  readonly optimizer: OptimizerState;
}

export interface TrainingOptions {
  readonly config: Config;
  readonly train: Split;
  /** Row indices of `train` to learn from. */
  readonly rows: Int32Array;
  /** Row indices of `train` held out; may be empty. */
  readonly heldOut: Int32Array;
  readonly classes: number;
  readonly random: RandomStream;
  /** Seconds, from any origin. */
  readonly now: () => number;
  /** Steps between two reports. */
  readonly reportEvery: number;
  readonly onProgress: (progress: Progress) => void;
  readonly onEpoch: (summary: EpochSummary) => void;
  /** Called after every epoch, and when the signal aborts; the run can go on from what it gets. */
  readonly onCheckpoint: (state: TrainingState) => Promise<void>;
  /** Stops the run after the step that is running. */
  readonly signal?: AbortSignal;
  /** Goes on from here; the networks must hold the weights they had then. */
  readonly resumeFrom?: TrainingState | undefined;
}

/** Learning rate of a step in `[0, steps)`. */
export function learningRateAt({ learningRate, schedule }: Config['optimizer'], step: number, steps: number): number {
  return schedule === 'constant' ? learningRate : (learningRate * (1 + Math.cos((Math.PI * step) / steps))) / 2;
}

/** tfjs reads the rate anew at every step but declares it protected. */
function setLearningRate(optimizer: tf.AdamOptimizer, learningRate: number): void {
  (optimizer as unknown as { learningRate: number }).learningRate = learningRate;
}

/** Rows of a split as a split of their own. */
function selectRows(split: Split, rows: Int32Array): Split {
  return {
    inputs: { shape: [rows.length, ...split.inputs.shape.slice(1)], data: gatherRows(split, rows) },
    labels: Int32Array.from(rows, (row) => split.labels[row] as number),
  };
}

/** Random ±1 entries: `[rows, columns]`. */
function signs(rows: number, columns: number, random: RandomStream): tf.Tensor2D {
  return tf.sub(
    tf.mul(
      tf.cast(tf.greaterEqual(tf.randomUniform([rows, columns], 0, 1, 'float32', random.seed()), 0.5), 'float32'),
      2,
    ),
    1,
  );
}

/** One step of gradient descent. @returns `[terms]`, every loss term before the step; the caller disposes it */
function trainStep(
  networks: Networks,
  variables: tf.Variable[],
  optimizer: tf.Optimizer,
  rows: Int32Array,
  options: TrainingOptions,
): tf.Tensor1D {
  const { config, train, classes, random } = options;
  return tf.tidy(() => {
    const labels = labelRows(train, rows, classes);
    const noise = tf.randomNormal<tf.Rank.R2>(
      [rows.length, config.conceptizer.concepts],
      0,
      1,
      'float32',
      random.seed(),
    );
    const directions = signs(rows.length, classes, random);
    const x = imageRows(train, rows);
    const batch = { x, xForRobustness: tf.clone(x), labels, noise, directions };
    let terms: tf.Tensor1D | undefined;
    const { value, grads } = tf.variableGrads(() => {
      const loss = totalLoss(networks, batch, config);
      terms = tf.keep(tf.stack(lossTermsOf(config).map((term) => loss[term] as tf.Scalar))) as tf.Tensor1D;
      return loss.loss;
    }, variables);
    value.dispose();
    optimizer.applyGradients(grads);
    return terms as tf.Tensor1D;
  });
}

/**
 * Trains the networks in place, for all epochs of the configuration. Every random choice comes from `random`, so on
 * one backend the same seed gives the same weights, also when the run was broken off and goes on from its state.
 * @throws training_failed where a loss term is not finite; interrupted, after a checkpoint, when the signal aborts
 */
export async function train(networks: Networks, options: TrainingOptions): Promise<void> {
  const { config, rows, heldOut, classes, random, now, reportEvery, signal, resumeFrom } = options;
  const variables = trainableVariables(networks);
  const optimizer = tf.train.adam(config.optimizer.learningRate);
  const stepsPerEpoch = Math.ceil(rows.length / config.batchSize);
  const steps = stepsPerEpoch * config.epochs;
  const validationSplit = heldOut.length === 0 ? undefined : selectRows(options.train, heldOut);
  const started = now();
  const recent = new TermAverage(lossTermsOf(config));
  const whole = new TermAverage(lossTermsOf(config));
  const firstStep = resumeFrom?.step ?? 0;
  let step = firstStep;
  let epochRandom = resumeFrom?.epochRandom ?? random.state();

  const checkpoint = async (): Promise<void> => {
    whole.check(step);
    const saved = await saveOptimizer(optimizer);
    await options.onCheckpoint({
      step,
      epochRandom,
      random: random.state(),
      epochSums: whole.sums(),
      optimizer: saved,
    });
  };
  const report = (epoch: number): void => {
    const elapsedSeconds = now() - started;
    const remainingSeconds = (elapsedSeconds / (step - firstStep)) * (steps - step);
    const terms = recent.take(step);
    options.onProgress({ epoch, epochs: config.epochs, step, steps, terms, elapsedSeconds, remainingSeconds });
  };

  try {
    if (resumeFrom !== undefined) {
      await restoreOptimizer(optimizer, resumeFrom.optimizer);
      whole.restore(resumeFrom.epochSums, step % stepsPerEpoch);
    }
    while (step < steps) {
      const epoch = Math.floor(step / stepsPerEpoch) + 1;
      random.restore(epochRandom);
      const order = random.permutation(rows.length).map((i) => rows[i] as number);
      if (step % stepsPerEpoch > 0 && resumeFrom !== undefined) random.restore(resumeFrom.random);
      for (const batch of [...batchesOf(order, config.batchSize)].slice(step % stepsPerEpoch)) {
        if (signal?.aborted) {
          await checkpoint();
          throw new SennError('interrupted', `training stopped after step ${step} of ${steps}`, { step, steps });
        }
        setLearningRate(optimizer, learningRateAt(config.optimizer, step, steps));
        const terms = trainStep(networks, variables, optimizer, batch, options);
        recent.add(terms);
        whole.add(terms);
        terms.dispose();
        step++;
        if (step % reportEvery === 0 || step === steps) report(epoch);
        await new Promise((resolve) => setImmediate(resolve)); // so that signals are heard
      }
      const validation = validationSplit && evaluate(networks, validationSplit, classes);
      options.onEpoch({ epoch, terms: whole.take(step), validation });
      epochRandom = random.state();
      await checkpoint();
    }
  } finally {
    recent.dispose();
    whole.dispose();
    optimizer.dispose();
  }
}

/** Splits `0 … count − 1` into rows to learn from and rows held out, drawn by the seed. */
export function holdOut(
  count: number,
  validation: number,
  random: RandomStream,
): { rows: Int32Array; heldOut: Int32Array } {
  if (validation >= count) {
    throw new SennError(
      'invalid_config',
      `data.validation: ${validation} must be less than the ${count} training inputs`,
    );
  }
  const order = random.permutation(count);
  return { rows: order.subarray(validation).toSorted(), heldOut: order.subarray(0, validation).toSorted() };
}
