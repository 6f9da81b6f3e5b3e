import type { RandomStream } from '../../core/random.ts';
import { type BackendName, startBackend } from '../../training/backends/index.ts';
import { currentRuntime } from '../../training/backends/runtime.ts';
import { configSchema } from '../../training/config/config.ts';
import { subsetOf } from '../../training/datasets/dataset.ts';
import { loadDataset } from '../../training/datasets/index.ts';
import type { SennConfig } from '../../training/kinds/senn/config.ts';
import { Adam } from '../../training/loop/adam.ts';
import { batchesOf } from '../../training/loop/batches.ts';
import { lastWeights as lossWeights } from '../../training/loop/phases.ts';
import { learningRateAt } from '../../training/loop/schedule.ts';
import { trainStep } from '../../training/loop/step.ts';
import { trainableVariables } from '../../training/networks/networks.ts';
import { evaluate } from '../../training/run/evaluate.ts';
import { prepare } from '../../training/run/prepare.ts';
import type { Estimator, Task, Training } from './protocol.ts';

/** The one file of the benchmark that knows this project's training engine. */

const PIXELS = 28 * 28;
const CONCEPTS = 5;
/** Inputs held out, the last of the training set. */
const VALIDATION = 6_000;

const estimations = {
  none: {},
  'probe-quarter': { estimator: 'probe', share: 0.25 },
  probe: { estimator: 'probe' },
  exact: { estimator: 'exact' },
} satisfies Record<Estimator, Partial<SennConfig['robustness']>>;

/**
 * The networks and the loss of `pytorch_senn.py`, as a configuration. There the squared error is a mean over the
 * pixels and ‖h‖₁ a sum over the concepts; here it is the other way round, so the weights carry the factors.
 */
export function senn(estimator: Estimator, { batch, learningRate, robustness, seed }: Training): SennConfig {
  const convolution = { kernel: 5, stride: 1, padding: 'valid', pool: 2 };
  return configSchema.parse({
    name: 'mnist-senn',
    seed,
    data: { name: 'mnist' },
    normalization: { mean: 0.1307, deviation: 0.3081 },
    conceptizer: {
      kind: 'convolutional',
      concepts: CONCEPTS,
      convolutions: [
        { ...convolution, filters: 10 },
        { ...convolution, filters: CONCEPTS },
      ],
      head: 'channel',
      decoder: {
        hidden: [
          { filters: 16, kernel: 5, stride: 2, padding: 'valid' },
          { filters: 8, kernel: 5, stride: 1, padding: 'valid' },
        ],
        image: { kernel: 2, stride: 2, padding: 'valid', crop: 1 },
      },
      reconstruction: 'squared',
      sparsity: 2e-5 * CONCEPTS * PIXELS,
    },
    conceptWeight: 1 / PIXELS,
    initializer: 'pytorch',
    parameterizer: {
      kind: 'convolutional',
      convolutions: [
        { ...convolution, filters: 10 },
        { ...convolution, filters: 20, dropout: 0.5 },
      ],
      hidden: [],
      output: 'tanh',
    },
    robustness: { ...estimations[estimator], weight: estimator === 'none' ? 0 : robustness },
    optimizer: { kind: 'adam', learningRate },
    epochs: 1,
    batchSize: batch,
  }) as SennConfig;
}

/** Something that trains, a step at a time. */
export interface Stepper {
  /** Trainable weights. */
  readonly parameters: number;
  readonly runtime: string;
  readonly device: string;
  /** One gradient step on the next batch, with the gathering of its images; its results are on the host when it returns. */
  step(): void;
  /** Share of the held-out images classified right, all of them, in evaluation mode. */
  accuracy(): number;
}

/** Batches of ever new permutations of `0 … count − 1`. */
function* endlessBatches(count: number, size: number, random: RandomStream): Generator<Int32Array, never> {
  for (;;) yield* batchesOf(random.permutation(count), size);
}

/**
 * @param estimator of the robustness loss; `none` trains without it
 * @throws missing_backend
 */
export async function createStepper(
  backend: BackendName,
  estimator: Estimator,
  training: Training,
  task: Task,
): Promise<Stepper> {
  await startBackend(backend);
  const config = senn(estimator, training);
  const { dataset, networks, train: all, random } = prepare(config, await loadDataset(config.data));
  const count = dataset.train.labels.length - VALIDATION;
  const rows = (from: number, length: number) => Int32Array.from({ length }, (_, i) => from + i);
  const train = { ...all, split: subsetOf(dataset.train, rows(0, count)) };
  const heldOut = { ...all, split: subsetOf(dataset.train, rows(count, VALIDATION)) };

  const variables = trainableVariables(Object.values(networks));
  const phase = { variables, weights: lossWeights(config) };
  const optimizer = new Adam(variables, training.learningRate);
  const learningRate = (step: number): number => {
    if (task.kind === 'steps') return training.learningRate;
    const optimizer = { ...config.optimizer, schedule: { kind: task.schedule } };
    return learningRateAt(optimizer, step, task.maxSteps, Math.ceil(count / training.batch));
  };
  let stepsTaken = 0;
  const batches = endlessBatches(count, training.batch, random);
  const { name, device } = currentRuntime();
  return {
    parameters: variables.reduce((sum, { size }) => sum + size, 0),
    runtime: name,
    device,
    step: () => {
      optimizer.learningRate = learningRate(stepsTaken++);
      const terms = trainStep(networks, phase, optimizer, batches.next().value, { config, train, random });
      terms.dataSync();
      terms.dispose();
    },
    accuracy: () => evaluate(networks, heldOut, { config }).accuracy,
  };
}
