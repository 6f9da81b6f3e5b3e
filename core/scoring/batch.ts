import type { ScoredModel } from '../metrics/evidence/scored-model.ts';
import { evidenceOf, gatherEvidence } from '../metrics/gather.ts';
import type { MetricName, Values } from '../metrics/metric.ts';
import type { NoValue } from '../metrics/no-value.ts';
import { score } from '../metrics/score.ts';
import { inputStream, namedStream } from '../random.ts';
import { batchSize, type Tensor } from '../tensor.ts';
import { attributeBatch, type BatchAttributions } from './attribute.ts';
import type { AskedOfBatch } from './job.ts';
import { withReach } from './reach.ts';
import type { LoadedBatch } from './source.ts';

/** One batch of a job: the unit of work, which depends on nothing but the job and its own inputs. */

/** What a batch gives for one model. n usable inputs. */
export interface BatchScores {
  /** `[n]`, places in the set, ascending */
  readonly rows: Int32Array;
  /** `[n]`, class indices, where they are known. */
  readonly labels?: Int32Array;
  /** `[n]` */
  readonly predicted: Int32Array;
  /** `[n, K]` */
  readonly concepts: Tensor;
  /** `[n, K, C]` */
  readonly relevances: Tensor;
  /** Of the metrics that a batch is enough for. */
  readonly values: { readonly [Name in MetricName]?: Values['input'] | NoValue };
  /** Of each input's predicted class. */
  readonly attributions: BatchAttributions;
}

/**
 * What is random is drawn by the places of the inputs in the set, so that they have the same values in any batch.
 * @param loaded at least one input
 * @param training `[M, F]` in the model's units, for attributions (`trainingInputs`)
 * @throws shape_mismatch | invalid_model | inference_failed
 */
export async function scoreBatch(
  model: ScoredModel,
  asked: AskedOfBatch,
  { rows, input, labels }: LoadedBatch,
  training?: Tensor,
): Promise<BatchScores> {
  const { metrics, seed } = asked;
  const evidence = await gatherEvidence(
    model,
    { name: 'batch', input, ...(labels && { labels }) },
    { seed, places: rows },
  );
  const randomOf = (name: string, n?: number) =>
    n === undefined ? namedStream(seed, name) : inputStream(seed, name, rows[n] as number);
  const values = await score(withReach(metrics, 'batch'), evidenceOf(model, evidence), { randomOf });
  const { concepts, relevances, predicted } = evidence.explanations;
  return {
    rows,
    ...(labels && { labels }),
    predicted,
    concepts,
    relevances,
    values: values as BatchScores['values'],
    attributions: await attributeBatch(model, evidence.explanations, { ...asked, places: rows, training }),
  };
}

/** Whole numbers of batches, one after the other. */
export function joinWhole(parts: readonly Int32Array[]): Int32Array {
  const all = new Int32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

/** How many inputs of a batch were scored. */
export const scoredIn = ({ concepts }: Pick<BatchScores, 'concepts'>): number => batchSize(concepts);
