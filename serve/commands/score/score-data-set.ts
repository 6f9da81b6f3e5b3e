import type { Attributed, AttributionName } from '../../../core/attributions/attribution.ts';
import { attributions } from '../../../core/attributions/index.ts';
import { usualInput } from '../../../core/attributions/shared/baseline.ts';
import { inputShape } from '../../../core/manifest.ts';
import { compareAttributions } from '../../../core/metrics/comparison/index.ts';
import type { Explanations } from '../../../core/metrics/evidence/explanations.ts';
import type { ScoredModel } from '../../../core/metrics/evidence/scored-model.ts';
import { MOST_TRAINING_INPUTS } from '../../../core/metrics/evidence/training-concepts.ts';
import { gatherEvidence } from '../../../core/metrics/gather.ts';
import type { MetricName } from '../../../core/metrics/metric.ts';
import type { ScoredAttributions } from '../../../core/metrics/report.ts';
import { type Scores, score } from '../../../core/metrics/score.ts';
import type { ScoringInputs } from '../../../core/metrics/scoring-set.ts';
import { mostRows } from '../../../core/metrics/shared/spread.ts';
import { namedStream } from '../../../core/random.ts';
import type { Progress } from './progress.ts';

/** What is asked of a set: metrics whose needs it meets, and attributions. */
export interface Asked {
  readonly metrics: readonly MetricName[];
  readonly attributions: readonly AttributionName[];
  readonly seed: number;
  /** Rows that an attribution may ask the model about one input; where absent, what each documents. */
  readonly queries?: number | undefined;
}

export interface ScoredSet {
  readonly explanations: Explanations;
  readonly scores: Scores;
  /** Of each input's predicted class. */
  readonly attributions: ScoredAttributions;
}

/** Explains every input once, and computes the metrics and the attributions over all of them. */
export async function scoreDataSet(
  predictor: ScoredModel,
  inputs: ScoringInputs,
  { metrics, attributions: asked, seed, queries }: Asked,
  onProgress: Progress,
): Promise<ScoredSet> {
  const explaining = (done: number, total: number): void => onProgress('explaining', done, total);
  const evidence = await gatherEvidence(predictor, inputs, { seed, onProgress: explaining });
  const scores = await score(metrics, evidence, { randomOf: (name) => namedStream(seed, name), onProgress });
  const { explanations } = evidence;
  if (asked.length === 0) return { explanations, scores, attributions: {} };
  return {
    explanations,
    scores,
    attributions: await attributeSet(predictor, inputs, explanations, { asked, seed, queries, onProgress }),
  };
}

interface Attributing extends Pick<Asked, 'seed' | 'queries'> {
  readonly asked: readonly AttributionName[];
  readonly onProgress: Progress;
}

/** The attributions of each input's predicted class, and what they are worth side by side. */
async function attributeSet(
  predictor: ScoredModel,
  { input, training }: ScoringInputs,
  explanations: Explanations,
  { asked, seed, queries, onProgress }: Attributing,
): Promise<ScoredAttributions> {
  const { manifest } = predictor;
  const isTable = manifest.input.kind === 'tabular';
  const learned = isTable ? (await training?.(mostRows(MOST_TRAINING_INPUTS, inputShape(manifest))))?.input : undefined;
  const baseline = await usualInput(predictor, learned);
  const attributed: { [Name in AttributionName]?: Attributed } = {};
  for (const name of asked) {
    attributed[name] = await attributions[name].attribute(predictor, input, explanations.predicted, {
      random: namedStream(seed, name),
      baseline,
      training: learned,
      queries,
      onProgress: (done, total) => onProgress(name, done, total),
    });
  }
  const compared = await compareAttributions(attributed, {
    model: predictor,
    explanations,
    baseline,
    onProgress: (done, total) => onProgress('comparing', done, total),
  });
  return Object.fromEntries(
    asked.map((name) => [
      name,
      { ...attributed[name], queries: attributions[name].queries(manifest, queries), compared: compared[name] },
    ]),
  );
}
