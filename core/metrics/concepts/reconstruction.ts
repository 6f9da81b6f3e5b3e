import { rowsAtOnce } from '../../forward-all.ts';
import { planOf } from '../../graphs.ts';
import { inputShape } from '../../manifest.ts';
import { unitInput } from '../../tables/unit-input.ts';
import { batchSize, rowOf, sliceRows } from '../../tensor.ts';
import { defineMetric } from '../metric.ts';
import { noValue } from '../no-value.ts';
import { conceptOfFeature } from '../shared/reference.ts';

/** How much of an input do its concepts hold? */

declare module '../metric.ts' {
  interface MetricScopes {
    reconstruction: 'input';
  }
}

/**
 * The mean squared difference of an input and what the decoder makes of its concepts, per input, over all values of it, in [0, 1]
 * (`unitInput`): 0 where nothing is lost. No value for a model without a decoder, nor where the concepts are the
 * features of a table.
 */
export const reconstruction = defineMetric({
  name: 'reconstruction',
  needs: ['explanations', 'predictor'],
  scope: 'input',
  direction: 'lower',
  range: [0, Number.POSITIVE_INFINITY],
  sets: [],
  source:
    'Alvarez-Melis & Jaakkola 2018, "Towards Robust Interpretability with Self-Explaining Neural Networks", section 4',
  cannotTell: 'whether what is lost matters to the decision: for that, reencoded',
  async measure({ explanations: { concepts, unitInput: inputs }, predictor }, { onProgress }) {
    const { manifest } = predictor;
    if (planOf(manifest.graphs, ['concepts'], ['reconstruction']) === undefined) {
      return noValue('the model has no decoder');
    }
    if (conceptOfFeature(manifest) !== undefined) {
      return noValue('the concepts are the features themselves, which nothing was learned to decode');
    }
    const N = batchSize(concepts);
    const atOnce = rowsAtOnce(inputShape(manifest));
    const values: number[] = [];
    for (let start = 0; start < N; start += atOnce) {
      const end = Math.min(N, start + atOnce);
      const decoded = unitInput(manifest.input, await predictor.decode(sliceRows(concepts, start, end)));
      for (let n = start; n < end; n++) values.push(meanSquare(rowOf(inputs, n), rowOf(decoded, n - start)));
      onProgress?.(end, N);
    }
    return values;
  },
});

function meanSquare(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += ((a[i] as number) - (b[i] as number)) ** 2;
  return sum / a.length;
}
