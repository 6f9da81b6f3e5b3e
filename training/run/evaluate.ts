import * as tf from '@tensorflow/tfjs';
import type { Tensor } from '../../core/tensor.ts';
import type { Config } from '../config/config.ts';
import { kindOf } from '../kinds/index.ts';
import { batchesOf, batchOf, type Feed, inOrder, inputRows } from '../loop/batches.ts';
import { predictOutputs } from '../networks/forward.ts';
import { conceptCount, type NamedNetworks } from '../networks/networks.ts';

/** Figures and activations over whole splits, batch by batch. */

const EVALUATION_BATCH = 500;

/** What a kind's evaluation gives, by name, as means over a split. */
export type Evaluation = Readonly<
  Partial<Record<string, number>> & {
    /** Share of inputs classified right. */
    accuracy: number;
    /** Cross-entropy, nats. */
    classification: number;
  }
>;

export interface EvaluationOptions {
  readonly config: Config;
  /** Also what takes many times the work of a forward pass, as the exact robustness loss does. */
  readonly thorough?: boolean;
}

/** Figures over every input of a split, with h = μ: nothing is sampled, nothing dropped, no input left out. */
export function evaluate(
  networks: NamedNetworks,
  feed: Feed,
  { config, thorough = false }: EvaluationOptions,
): Evaluation {
  const kind = kindOf(config);
  const count = feed.split.labels.length;
  const sums = new Map<string, number>();
  for (const rows of batchesOf(inOrder(count), EVALUATION_BATCH)) {
    const figures = tf.tidy(() => {
      const terms = kind.evaluate(networks, batchOf(feed, rows), { config, count, thorough });
      return Object.entries(terms).map(([name, value]) => [name, value.dataSync()[0] as number] as const);
    });
    for (const [name, mean] of figures) sums.set(name, (sums.get(name) ?? 0) + mean * rows.length);
  }
  const right = Math.round(sums.get('accuracy') as number);
  const means = [...sums].map(([name, sum]) => [name, sum / count] as const);
  return { ...Object.fromEntries(means), accuracy: right / count } as Evaluation;
}

/** Concept activations of every input of a split: `[N, K]`. */
export function conceptActivations(networks: Pick<NamedNetworks, 'conceptizer'>, feed: Omit<Feed, 'classes'>): Tensor {
  const count = feed.split.labels.length;
  const K = conceptCount(networks);
  const data = new Float32Array(count * K);
  let offset = 0;
  for (const rows of batchesOf(inOrder(count), EVALUATION_BATCH)) {
    const values = tf.tidy(() => {
      const [concepts] = predictOutputs(networks.conceptizer, inputRows(feed, rows)) as [tf.Tensor];
      return concepts.dataSync<'float32'>();
    });
    data.set(values, offset);
    offset += values.length;
  }
  return { shape: [count, K], data };
}
