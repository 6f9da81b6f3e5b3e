import * as tf from '@tensorflow/tfjs';
import { type Config, configSchema } from '../../training/config.ts';
import type { Split } from '../../training/datasets/index.ts';
import type { Batch } from '../../training/losses/index.ts';
import { createNetworks, type Networks } from '../../training/networks/index.ts';
import { randomStream } from '../../training/random.ts';

export const CLASSES = 3;
export const SIZE = 8;

type Change = { readonly activation?: string; readonly estimator?: string; readonly weight?: number } & Record<
  string,
  unknown
>;

/** A DiSENN small enough for finite differences: 8 × 8 images, K = 2 concepts, C = 3 classes. */
export function tinyConfig({
  activation = 'softplus',
  estimator = 'exact',
  weight = 0.5,
  ...rest
}: Change = {}): Config {
  return configSchema.parse({
    name: 'tiny',
    seed: 7,
    data: { name: 'mnist' },
    conceptizer: { kind: 'convolutional-vae', concepts: 2, filters: [3], hidden: [5], activation, beta: 2 },
    parameterizer: { kind: 'convolutional', filters: [3], hidden: [5], activation },
    robustness: { estimator, weight },
    conceptWeight: 0.1,
    optimizer: { kind: 'adam', learningRate: 0.01, schedule: 'cosine' },
    epochs: 2,
    batchSize: 4,
    ...rest,
  });
}

export function tinyNetworks(config: Config): Networks {
  return createNetworks(config, [SIZE, SIZE, 1], CLASSES, randomStream(config.seed));
}

export function tinyBatch(config: Config, count = 4): Batch {
  const values = tf.randomUniform([count, SIZE, SIZE, 1], 0, 1, 'float32', 11).dataSync();
  const image = () => tf.tensor4d(Float32Array.from(values), [count, SIZE, SIZE, 1]);
  const labels = tf.oneHot(
    tf.tensor1d(
      Array.from({ length: count }, (_, i) => i % CLASSES),
      'int32',
    ),
    CLASSES,
  );
  const signs = Array.from({ length: count * CLASSES }, (_, i) => ((i * 7) % 5 < 2 ? -1 : 1));
  return {
    x: image(),
    xForRobustness: image(),
    labels: tf.cast(labels, 'float32') as tf.Tensor2D,
    noise: tf.randomNormal([count, config.conceptizer.concepts], 0, 1, 'float32', 13),
    directions: tf.tensor2d(signs, [count, CLASSES]),
  };
}

/** Images whose class is the row that is lit: learnable in a few steps. */
export function tinySplit(count: number): Split {
  const data = new Float32Array(count * SIZE * SIZE);
  const labels = Int32Array.from({ length: count }, (_, n) => n % CLASSES);
  labels.forEach((label, n) => {
    const start = n * SIZE * SIZE + (2 * label + 1) * SIZE;
    data.fill(0.5 + 0.5 * ((n % 7) / 7), start, start + SIZE);
  });
  return { inputs: { shape: [count, 1, SIZE, SIZE], data }, labels };
}
