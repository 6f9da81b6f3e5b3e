import type * as tf from '@tensorflow/tfjs';
import { randomStream } from '../../../core/random.ts';
import { subsetOf } from '../../../training/datasets/dataset.ts';
import type { Networks } from '../../../training/kinds/shared/networks.ts';
import { inOrder } from '../../../training/loop/batches.ts';
import type { Progress } from '../../../training/loop/progress.ts';
import { type TrainingOptions, train } from '../../../training/loop/train.ts';
import { trainableVariables } from '../../../training/networks/networks.ts';
import { type SharedConfig, tinyFeed, tinyNetworks } from '../tiny.ts';

/** A training run of a second, for the tests of the loop, of resuming and of what a run leaves behind. */

/** Inputs of a tiny training set. */
export const COUNT = 30;

/** Four inputs held out of the others. */
export function split(): Pick<TrainingOptions, 'train' | 'heldOut'> {
  const feed = tinyFeed(COUNT);
  const rows = (from: number, to: number) => ({
    ...feed,
    split: subsetOf(feed.split, inOrder(COUNT).subarray(from, to)),
  });
  return { train: rows(0, COUNT - 4), heldOut: rows(COUNT - 4, COUNT) };
}

/** Trains a tiny DiSENN. @returns its networks and every report of its progress */
export async function trainTiny(
  config: SharedConfig,
  options: Partial<TrainingOptions> = {},
  networks = tinyNetworks(config),
): Promise<{ networks: Networks; progress: Progress[] }> {
  const progress: Progress[] = [];
  await train(networks, {
    config,
    train: tinyFeed(COUNT),
    heldOut: undefined,
    random: randomStream(config.seed),
    now: () => performance.now() / 1000,
    reportEvery: 1,
    onProgress: (report) => progress.push(report),
    onEpoch: () => {},
    judge: async ({ accuracy }) => accuracy,
    onBest: async () => {},
    onCheckpoint: async () => {},
    ...options,
  });
  return { networks, progress };
}

/** Every number of the networks, to be compared. */
export const weightsOf = (networks: Readonly<Record<string, tf.LayersModel>>) =>
  trainableVariables(Object.values(networks)).map((variable) => Array.from(variable.dataSync()));
