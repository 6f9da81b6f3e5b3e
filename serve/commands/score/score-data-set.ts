import type { Attributed, AttributionName } from '../../../core/attributions/attribution.ts';
import { attributions } from '../../../core/attributions/index.ts';
import type { Explanations } from '../../../core/metrics/evidence/explanations.ts';
import type { ScoredModel } from '../../../core/metrics/evidence/scored-model.ts';
import { gatherEvidence } from '../../../core/metrics/gather.ts';
import type { MetricName } from '../../../core/metrics/metric.ts';
import { type Scores, score } from '../../../core/metrics/score.ts';
import type { ScoringInputs } from '../../../core/metrics/scoring-set.ts';
import { namedStream } from '../../../core/random.ts';
import type { Progress } from './progress.ts';

/** What is asked of a set: metrics whose needs it meets, and attributions. */
export interface Asked {
  readonly metrics: readonly MetricName[];
  readonly attributions: readonly AttributionName[];
  readonly seed: number;
}

export type AttributionsOfSet = { readonly [Name in AttributionName]?: Attributed };

export interface ScoredSet {
  readonly explanations: Explanations;
  readonly scores: Scores;
  /** Of each input's predicted class. */
  readonly attributions: AttributionsOfSet;
}

/** Explains every input once, and computes the metrics and the attributions over all of them. */
export async function scoreDataSet(
  predictor: ScoredModel,
  inputs: ScoringInputs,
  { metrics, attributions: asked, seed }: Asked,
  onProgress: Progress,
): Promise<ScoredSet> {
  const explaining = (done: number, total: number): void => onProgress('explaining', done, total);
  const evidence = await gatherEvidence(predictor, inputs, { seed, onProgress: explaining });
  const scores = await score(metrics, evidence, { randomOf: (name) => namedStream(seed, name), onProgress });
  const { explanations } = evidence;
  const attributed: [AttributionName, Attributed][] = [];
  for (const name of asked) {
    const options = {
      random: namedStream(seed, name),
      onProgress: (done: number, total: number) => onProgress(name, done, total),
    };
    const { predicted } = explanations;
    attributed.push([name, await attributions[name].attribute(predictor, inputs.input, predicted, options)]);
  }
  return { explanations, scores, attributions: Object.fromEntries(attributed) };
}
