import { isConstant } from '../../concepts/variation.ts';
import { batchSize } from '../../tensor.ts';
import { defineMetric } from '../metric.ts';
import { noValue } from '../no-value.ts';

/** Is a concept only another name of a class? Then "7, because of sevenness" is true and explains nothing. */

declare module '../metric.ts' {
  interface MetricScopes {
    tautology: 'set';
  }
}

/**
 * How well one concept alone tells a class from the rest: the largest area under the receiver operating characteristic
 * over the concepts, whichever way each points, and its mean over the classes. 1: every class has a concept of its own;
 * 0.5: no concept alone knows anything of any class. Constant concepts are left out, and so are classes that no input of
 * the set has.
 *
 * Figure beside it: `most`, that of the class that is told best. No value where all inputs are of one class, nor where
 * every concept is constant.
 */
export const tautology = defineMetric({
  name: 'tautology',
  needs: ['explanations', 'predictor', 'labels'],
  scope: 'set',
  direction: 'lower',
  range: [0.5, 1],
  sets: ['audit'],
  source: 'senn-onnx; the area: Hanley & McNeil 1982, "The Meaning and Use of the Area under a ROC Curve"',
  cannotTell: 'whether concepts that several classes share mean anything to a person',
  async measure({ explanations: { concepts }, predictor, labels }) {
    const classes = [...new Set(labels)];
    if (classes.length < 2) return noValue('all inputs are of one class, which no other is told from');
    const varying = predictor.manifest.concepts.flatMap((concept, k) => (isConstant(concept) ? [] : [k]));
    if (varying.length === 0) return noValue('every concept of the model is constant');
    const [N, K] = [batchSize(concepts), concepts.shape[1] ?? 0];
    const best = new Map(classes.map((c) => [c, 0.5]));
    for (const k of varying) {
      const areas = areasOf(
        Float64Array.from({ length: N }, (_, n) => concepts.data[n * K + k] as number),
        labels,
      );
      for (const [c, area] of areas) best.set(c, Math.max(best.get(c) as number, area, 1 - area));
    }
    const values = [...best.values()];
    return {
      value: values.reduce((sum, area) => sum + area, 0) / values.length,
      figures: { most: Math.max(...values) },
    };
  },
});

/**
 * For each class the chance that a value of the class is above one of the rest, equals counting half: from the sum of
 * their ranks (Mann & Whitney 1947).
 * @param values `[N]`
 * @param labels `[N]`, two classes at least
 * @returns by class, in [0, 1]
 */
export function areasOf(values: Float64Array, labels: Int32Array): Map<number, number> {
  const N = values.length;
  const order = Int32Array.from(values.keys()).sort((a, b) => (values[a] as number) - (values[b] as number));
  const ranks = new Map<number, number>();
  const counts = new Map<number, number>();
  for (let start = 0; start < N; ) {
    let end = start + 1;
    while (end < N && values[order[end] as number] === values[order[start] as number]) end += 1;
    const rank = (start + end + 1) / 2; // the mean of the ranks start + 1 … end
    for (let i = start; i < end; i++) {
      const label = labels[order[i] as number] as number;
      ranks.set(label, (ranks.get(label) ?? 0) + rank);
      counts.set(label, (counts.get(label) ?? 0) + 1);
    }
    start = end;
  }
  return new Map(
    [...counts].map(([label, count]) => {
      const above = (ranks.get(label) as number) - (count * (count + 1)) / 2;
      return [label, above / (count * (N - count))];
    }),
  );
}
