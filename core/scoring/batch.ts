import type { AttributionName } from '../attributions/attribution.ts';
import { attributions } from '../attributions/index.ts';
import type { ScoredModel } from '../metrics/evidence/scored-model.ts';
import { gatherEvidence } from '../metrics/gather.ts';
import type { MetricName, Values } from '../metrics/metric.ts';
import type { NoValue } from '../metrics/no-value.ts';
import { score } from '../metrics/score.ts';
import { namedStream } from '../random.ts';
import { batchSize, type Tensor } from '../tensor.ts';
import type { Job } from './job.ts';
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
  readonly attributions: { readonly [Name in AttributionName]?: BatchAttribution };
}

export interface BatchAttribution {
  /** `[n, F]` or `[n, H, W]` */
  readonly values: Tensor;
  /** What a removed feature was set to: a number where it is the same for all. */
  readonly baseline: number | readonly number[];
}

/**
 * @param index of the batch, which its random choices are drawn by
 * @param loaded at least one input
 * @throws shape_mismatch | invalid_model | inference_failed
 */
export async function scoreBatch(
  model: ScoredModel,
  { metrics, attributions: asked, seed }: Pick<Job, 'metrics' | 'attributions' | 'seed'>,
  index: number,
  { rows, input, labels }: LoadedBatch,
): Promise<BatchScores> {
  const evidence = await gatherEvidence(model, { name: 'batch', input, ...(labels && { labels }) }, { seed });
  const randomOf = (name: string) => namedStream(seed, `${name} ${index}`);
  const values = await score(withReach(metrics, 'batch'), evidence, { randomOf });
  const { concepts, relevances, predicted } = evidence.explanations;
  const attributed: [AttributionName, BatchAttribution][] = [];
  for (const name of asked) {
    const options = { random: randomOf(name) };
    const { values: of, baseline } = await attributions[name].attribute(model, input, predicted, options);
    attributed.push([name, { values: of, baseline: told(baseline) }]);
  }
  return {
    rows,
    ...(labels && { labels }),
    predicted,
    concepts,
    relevances,
    values: values as BatchScores['values'],
    attributions: Object.fromEntries(attributed),
  };
}

function told({ data }: Tensor): number | number[] {
  const [first = 0] = data;
  return data.every((value) => value === first) ? first : Array.from(data);
}

/** How many inputs of a batch were scored. */
export const scoredIn = ({ concepts }: Pick<BatchScores, 'concepts'>): number => batchSize(concepts);
