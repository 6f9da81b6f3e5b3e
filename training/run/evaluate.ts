import * as tf from '@tensorflow/tfjs';
import { randomStream } from '../../core/random.ts';
import type { Tensor } from '../../core/tensor.ts';
import type { Config } from '../config/config.ts';
import { batchesOf, batchOf, type Feed, inOrder, inputRows } from '../loop/batches.ts';
import { classificationLoss } from '../losses/classification.ts';
import { type ConceptTerm, conceptLossTerms } from '../losses/concept.ts';
import { robustnessLoss } from '../losses/robustness.ts';
import { forwardPass, predictOutputs } from '../networks/forward.ts';
import { conceptCount, type Networks } from '../networks/index.ts';

const EVALUATION_BATCH = 500;

export type Evaluation = Readonly<
  Partial<Record<ConceptTerm | 'robustness', number>> & {
    /** Share of inputs classified right. */
    accuracy: number;
    /** Cross-entropy, nats. */
    classification: number;
  }
>;

export interface EvaluationOptions {
  readonly config: Pick<Config, 'conceptizer' | 'aggregator'>;
  /** Also the robustness loss, exact: C times the work. */
  readonly robustness?: boolean;
}

/** Figures over every input of a split, with h = μ: nothing is sampled, nothing dropped, no input left out. */
export function evaluate(
  networks: Networks,
  feed: Feed,
  { config, robustness = false }: EvaluationOptions,
): Evaluation {
  const { conceptizer, aggregator } = config;
  // The parts of the KL divergence need samples; its closed form does not.
  const closedForm = 'objective' in conceptizer ? { ...conceptizer, objective: 'beta-vae' as const } : conceptizer;
  const count = feed.split.labels.length;
  const sums = new Map<string, number>();
  for (const rows of batchesOf(inOrder(count), EVALUATION_BATCH)) {
    const figures = tf.tidy(() => {
      const { x, labels } = batchOf(feed, rows);
      const pass = forwardPass(networks, x);
      const exact = { estimator: 'exact', reduction: 'mean' } as const;
      const terms: Record<string, tf.Scalar> = {
        accuracy: tf.mean(tf.cast(tf.equal(tf.argMax(pass.logits, 1), tf.argMax(labels, 1)), 'float32')),
        classification: classificationLoss(pass.logits, labels),
        ...(robustness && { robustness: robustnessLoss(pass, exact, randomStream(0)) }),
        ...conceptLossTerms(closedForm, { ...pass, x, count, bias: aggregator.bias }),
      };
      return Object.entries(terms).map(([name, value]) => [name, value.dataSync()[0] as number] as const);
    });
    for (const [name, mean] of figures) sums.set(name, (sums.get(name) ?? 0) + mean * rows.length);
  }
  const right = Math.round(sums.get('accuracy') as number);
  const means = [...sums].map(([name, sum]) => [name, sum / count] as const);
  return { ...Object.fromEntries(means), accuracy: right / count } as Evaluation;
}

/** Concept activations of every input of a split: `[N, K]`. */
export function conceptActivations(networks: Networks, feed: Omit<Feed, 'classes'>): Tensor {
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
