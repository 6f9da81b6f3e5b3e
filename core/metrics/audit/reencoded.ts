import { rowsAtOnce } from '../../forward-all.ts';
import { planOf } from '../../graphs.ts';
import { inputShape } from '../../manifest.ts';
import { batchSize, rowOf, sliceRows } from '../../tensor.ts';
import { defineMetric } from '../metric.ts';
import { noValue } from '../no-value.ts';
import { conceptOfFeature } from '../shared/reference.ts';
import { accuracyOf, classOf, meanOf, rightOnes, shareRight } from './decision.ts';

/** Does the model agree with what it shows of an input? Asked by letting it read its own reconstruction. */

declare module '../metric.ts' {
  interface MetricScopes {
    reencoded: 'set';
  }
}

/**
 * The accuracy of the model on its own reconstructions dec(h(x)), against the labels of x: what the decoder shows is a
 * picture of what the decision rests on only as far as the model decides the same on it.
 *
 * Figures beside it: `agreement`, the share of inputs of which the reconstruction is given the class that the input was
 * given, and `accuracy`, that of the model on the inputs themselves. No value for a model without a decoder, nor where
 * the concepts are the features of a table, which nothing was learned to decode.
 */
export const reencoded = defineMetric({
  name: 'reencoded',
  needs: ['explanations', 'predictor', 'labels'],
  scope: 'set',
  direction: 'higher',
  range: [0, 1],
  sets: ['audit'],
  source: 'senn-onnx',
  cannotTell: 'whether a person sees in a reconstruction what the model sees',
  async measure({ explanations: { concepts, predicted }, predictor, labels }, { onProgress }) {
    const { manifest } = predictor;
    if (planOf(manifest.graphs, ['concepts'], ['reconstruction']) === undefined) {
      return noValue('the model has no decoder whose reconstructions it could read');
    }
    if (conceptOfFeature(manifest) !== undefined) {
      return noValue('the concepts are the features themselves, which nothing was learned to decode');
    }
    const N = batchSize(concepts);
    const atOnce = rowsAtOnce(inputShape(manifest));
    const again = new Int32Array(N);
    for (let start = 0; start < N; start += atOnce) {
      const end = Math.min(N, start + atOnce);
      const read = await predictor.forward(await predictor.decode(sliceRows(concepts, start, end)));
      for (let i = 0; i < end - start; i++) {
        again[start + i] = classOf(rowOf(read.concepts, i), rowOf(read.relevances, i));
      }
      onProgress?.(end, N);
    }
    const agreement = shareRight(predicted, (n) => again[n] as number);
    const right = rightOnes(labels, (n) => again[n] as number);
    const figures = { agreement, accuracy: accuracyOf(labels, predicted) };
    return { value: meanOf(right), figures, terms: { of: right } };
  },
});
