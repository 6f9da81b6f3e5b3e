import * as tf from '@tensorflow/tfjs';
import { randomStream } from '../../core/random.ts';
import { configSchema } from '../../training/config/config.ts';
import { type Split, splitOf } from '../../training/datasets/dataset.ts';
import type { DisennConfig } from '../../training/kinds/disenn/config.ts';
import { createNetworks } from '../../training/kinds/index.ts';
import type { SennConfig } from '../../training/kinds/senn/config.ts';
import type { Networks } from '../../training/kinds/shared/networks.ts';
import { type Feed, inOrder } from '../../training/loop/batches.ts';
import type { Batch } from '../../training/losses/terms.ts';

/** A configuration of a SENN or of a DiSENN. */
export type SharedConfig = SennConfig | DisennConfig;

/** The networks and data that most tests of training share, small enough to train in a second. */

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
}: Change = {}): SharedConfig {
  const convolutions = [{ filters: 3 }];
  return configSchema.parse({
    name: 'tiny',
    seed: 7,
    data: { name: 'mnist' },
    conceptizer: {
      kind: 'convolutional-vae',
      concepts: 2,
      convolutions,
      hidden: [5],
      activation,
      beta: 2,
      standardize: false,
    },
    parameterizer: { kind: 'convolutional', reads: 'input', convolutions, hidden: [5], activation },
    robustness: { estimator, weight },
    conceptWeight: 0.1,
    optimizer: { kind: 'adam', learningRate: 0.01, schedule: { kind: 'cosine' } },
    epochs: 2,
    batchSize: 4,
    ...rest,
  }) as SharedConfig;
}

const tinyInput = { kind: 'image', channels: 1, height: SIZE, width: SIZE } as const;

export function tinyNetworks(config: SharedConfig): Networks {
  return createNetworks(config, { input: tinyInput, classes: CLASSES }, randomStream(config.seed));
}

export function tinyBatch(count = 4): Batch {
  const labels = tf.oneHot(
    tf.tensor1d(
      Array.from({ length: count }, (_, i) => i % CLASSES),
      'int32',
    ),
    CLASSES,
  );
  return {
    x: tf.randomUniform([count, SIZE, SIZE, 1], 0, 1, 'float32', 11),
    labels: tf.cast(labels, 'float32') as tf.Tensor2D,
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
  return splitOf({ shape: [count, 1, SIZE, SIZE], data }, labels);
}

export function tinyFeed(count: number): Feed {
  return { split: tinySplit(count), classes: CLASSES, scaling: undefined };
}

export { inOrder };
