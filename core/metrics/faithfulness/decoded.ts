import { aggregate, contributionsOf } from '../../artefacts/explanation.ts';
import { rowsAtOnce } from '../../forward-all.ts';
import { planOf } from '../../graphs.ts';
import { inputShape } from '../../manifest.ts';
import { rowOf } from '../../tensor.ts';
import type { Explanations } from '../evidence/explanations.ts';
import type { ScoredModel } from '../evidence/scored-model.ts';
import { defineMetric } from '../metric.ts';
import { isNoValue, noValue } from '../no-value.ts';
import { predictedContributions } from '../shared/contributions.ts';
import { dropCorrelation } from '../shared/drop-correlation.ts';
import { complement } from '../shared/probability.ts';
import { type Absent, absentConcepts } from '../shared/reference.ts';

/** Faithfulness where the model must see for itself, through the decoder, that a concept is gone. */

declare module '../metric.ts' {
  interface MetricScopes {
    'faithfulness.decoded': 'input';
  }
}

/**
 * Whether the concepts said to matter do matter where the model must see for itself that they are gone: per input,
 * Pearson's correlation over the concepts between the contribution θ[k,c]·h[k] and the drop
 * p(x̂) − p(model(dec(h with h[k] := its mean over the training set))), where x̂ = dec(h) and p is the probability of the
 * predicted class c of x. Both sides of the drop are decoded, so what the decoder loses is no drop. In [−1, 1],
 * unit-free.
 *
 * Constant concepts (a bias) stay as they are and are not among those that are correlated. Drops are differences of
 * 1 − p, as in `faithfulness`, and an input has no value under the same conditions. No value at all for a model without
 * a decoder, or without the means of its concepts in its manifest.
 *
 * A contribution counts from h[k] = 0, the drop from the mean: where means are far from 0 the two differ by more than
 * what the model did with the concept, and the value is the lower for it.
 */
export const faithfulnessDecoded = defineMetric({
  name: 'faithfulness.decoded',
  needs: ['explanations', 'predictor'],
  scope: 'input',
  direction: 'higher',
  range: [-1, 1],
  sets: ['audit'],
  source:
    'senn-onnx; after Alvarez-Melis & Jaakkola 2018, "Towards Robust Interpretability with Self-Explaining Neural Networks", section 5',
  cannotTell: 'whether decoded inputs are such as the model was trained on: it may err on them for reasons of its own',
  async measure({ explanations, predictor }, { onProgress }) {
    if (planOf(predictor.manifest.graphs, ['concepts'], ['reconstruction']) === undefined)
      return noValue('the model has no decoder to show a concept taken away');
    const absent = absentConcepts(predictor.manifest);
    if (isNoValue(absent)) return absent;
    const complements = await complementsOf(predictor, explanations, absent, onProgress);
    return complements.map((own, n) => {
      const contributions = predictedContributions(explanations, n);
      return dropCorrelation(
        absent.map(({ k }) => contributions[k] as number),
        own,
      );
    });
  },
});

/** Input n decoded as it is, or without one of its concepts. */
interface Variant {
  readonly n: number;
  readonly absent: Absent | undefined;
}

/**
 * 1 − p of each variant of each input, p the probability of the input's predicted class on what the decoder makes of
 * the variant's concepts. A bounded number of rows is decoded at a time.
 * @returns `[N][1 + absent]`, first of the input's own concepts
 */
async function complementsOf(
  model: ScoredModel,
  { concepts, predicted }: Explanations,
  absent: readonly Absent[],
  onProgress: ((done: number, total: number) => void) | undefined,
): Promise<number[][]> {
  const K = concepts.shape[1] ?? 0;
  const N = predicted.length;
  const variants = [undefined, ...absent];
  const results: number[][] = Array.from(predicted, () => []);
  const total = N * variants.length;
  const atOnce = rowsAtOnce(inputShape(model.manifest));
  for (let start = 0; start < total; start += atOnce) {
    const rows = Array.from({ length: Math.min(atOnce, total - start) }, (_, i): Variant => {
      const at = start + i;
      return { n: Math.floor(at / variants.length), absent: variants[at % variants.length] };
    });
    const data = new Float32Array(rows.length * K);
    rows.forEach(({ n, absent: one }, i) => {
      data.set(rowOf(concepts, n), i * K);
      if (one !== undefined) data[i * K + one.k] = one.mean;
    });
    const { concepts: h, relevances } = await model.forward(await model.decode({ shape: [rows.length, K], data }));
    rows.forEach(({ n }, i) => {
      const logits = aggregate(contributionsOf(rowOf(h, i), rowOf(relevances, i)));
      results[n]?.push(complement(logits, predicted[n] as number));
    });
    onProgress?.(Math.floor((start + rows.length) / variants.length), N);
  }
  return results;
}
