import * as tf from '@tensorflow/tfjs';
import type { RandomStream } from '../../core/random.ts';
import type { Config } from '../config/config.ts';
import { kindOf } from '../kinds/index.ts';
import { type LossWeights, termsOf } from '../losses/terms.ts';
import type { NamedNetworks } from '../networks/networks.ts';
import type { Adam } from './adam.ts';
import { type Augment, batchOf, type Feed } from './batches.ts';

/** What is learnt by a step, and by which loss. */
export interface Objective {
  readonly variables: tf.Variable[];
  readonly weights: LossWeights;
}

/** What the steps of a run have in common. */
export interface StepContext {
  readonly config: Config;
  readonly train: Feed;
  readonly random: RandomStream;
  readonly augment?: Augment | undefined;
}

/** One step of gradient descent. @returns `[terms]`, every loss term before the step; the caller disposes it */
export function trainStep(
  networks: NamedNetworks,
  { variables, weights }: Objective,
  optimizer: Adam,
  rows: Int32Array,
  { config, train, random, augment }: StepContext,
): tf.Tensor1D {
  const kind = kindOf(config);
  return tf.tidy(() => {
    const batch = batchOf(train, rows, augment);
    const context = { config, weights, random, count: train.split.labels.length };
    let terms: tf.Tensor1D | undefined;
    const { value, grads } = tf.variableGrads(() => {
      const loss = kind.loss(networks, batch, context);
      terms = tf.keep(tf.stack(termsOf(weights, kind.terms).map((term) => loss[term] as tf.Scalar))) as tf.Tensor1D;
      return loss.loss;
    }, variables);
    value.dispose();
    optimizer.apply(grads);
    return terms as tf.Tensor1D;
  });
}
