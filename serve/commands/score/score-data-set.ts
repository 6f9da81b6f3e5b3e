import { type Evidence, evidenceOf, unitInput } from '../../../core/metrics/evidence/explanations.ts';
import { type MetricName, metricNames, type Scores, score } from '../../../core/metrics/index.ts';
import type { ScoringInputs } from '../../../core/metrics/scoring-set.ts';
import type { Predictor } from '../../../core/predictor.ts';
import { forwardAll } from './forward.ts';
import type { Progress } from './progress.ts';

/** Explains every input and computes the metrics over all of them. */
export async function scoreDataSet(
  predictor: Pick<Predictor, 'manifest' | 'forward'>,
  { input }: ScoringInputs,
  names: readonly MetricName[],
  onProgress: Progress,
): Promise<{ evidence: Evidence; scores: Scores }> {
  const forward = await forwardAll(predictor, input, (done, total) => onProgress('explaining', done, total));
  const evidence = evidenceOf(unitInput(predictor.manifest.input, input), forward);
  const scores = score(evidence, names, (name) => ({
    onProgress: (done, total) => onProgress(name, done, total),
  }));
  return { evidence, scores };
}

/**
 * One line an input, in the order of the set: its index, its label where known, the index of the predicted class
 * and its value of each metric that was asked for, `null` where it has none.
 */
export function perInputLines({ predicted }: Evidence, scores: Scores, labels: Int32Array | undefined): string {
  const asked = metricNames.filter((name) => scores[name] !== undefined);
  const lines = Array.from(predicted, (index, n) =>
    JSON.stringify({
      index: n,
      ...(labels === undefined ? {} : { label: labels[n] }),
      predicted: index,
      ...Object.fromEntries(asked.map((name) => [name, scores[name]?.[n]])),
    }),
  );
  return `${lines.join('\n')}\n`;
}
