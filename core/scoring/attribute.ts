import type { Attributed, AttributionName } from '../attributions/attribution.ts';
import { attributions } from '../attributions/index.ts';
import { usualInput } from '../attributions/shared/baseline.ts';
import { inputShape } from '../manifest.ts';
import { type Compared, compareAttributions } from '../metrics/comparison/index.ts';
import type { Explanations } from '../metrics/evidence/explanations.ts';
import type { ScoredModel } from '../metrics/evidence/scored-model.ts';
import { MOST_TRAINING_INPUTS } from '../metrics/evidence/training-concepts.ts';
import { mostRows } from '../metrics/shared/spread.ts';
import { inputStream } from '../random.ts';
import type { Tensor } from '../tensor.ts';
import type { AskedOfBatch } from './job.ts';
import type { ScoringSource } from './source.ts';

/** The attributions of a batch, and what they are worth side by side. */

/** An attribution of n inputs, each of its predicted class. */
export interface BatchAttribution {
  /** `[n, F]`, `[n, H, W]` or `[n, K]` */
  readonly values: Tensor;
  /** What a removed feature was set to: a number where it is the same for all. */
  readonly baseline: number | readonly number[];
  /** What each removal says of it, `[n]`. */
  readonly compared: Compared;
}
export type BatchAttributions = { readonly [Name in AttributionName]?: BatchAttribution };

/**
 * The training inputs that attributions of a table ask what its features usually are; of images none do.
 * @returns `[M, F]` in the model's units, where the source tells them
 */
export async function trainingInputs(
  { manifest }: Pick<ScoredModel, 'manifest'>,
  { training }: Pick<ScoringSource, 'training'>,
): Promise<Tensor | undefined> {
  if (manifest.input.kind !== 'tabular') return undefined;
  return (await training?.(mostRows(MOST_TRAINING_INPUTS, inputShape(manifest))))?.input;
}

export interface Attributing extends Pick<AskedOfBatch, 'attributions' | 'queries' | 'seed'> {
  /** `[n]`, of the inputs in their set */
  readonly places: Int32Array;
  readonly training?: Tensor | undefined;
}

/** @throws shape_mismatch | invalid_model | inference_failed */
export async function attributeBatch(
  model: ScoredModel,
  explanations: Explanations,
  { attributions: asked, queries, seed, places, training }: Attributing,
): Promise<BatchAttributions> {
  if (asked.length === 0) return {};
  const baseline = await usualInput(model, training);
  const attributed: { [Name in AttributionName]?: Attributed } = {};
  for (const name of asked) {
    attributed[name] = await attributions[name].attribute(model, explanations.input, explanations.predicted, {
      randomOf: (n) => inputStream(seed, name, places[n] as number),
      baseline,
      training,
      queries,
    });
  }
  const compared = await compareAttributions(attributed, { model, explanations, baseline });
  const rows = asked.map((name) => {
    const { values, baseline: removed } = attributed[name] as Attributed;
    return [name, { values, baseline: told(removed), compared: compared[name] as Compared }] as const;
  });
  return Object.fromEntries(rows);
}

function told({ data }: Tensor): number | number[] {
  const [first = 0] = data;
  return data.every((value) => value === first) ? first : Array.from(data);
}
