import { deviationOf } from '../../concepts/variation.ts';
import { rowsAtOnce } from '../../forward-all.ts';
import { planOf } from '../../graphs.ts';
import { inputShape } from '../../manifest.ts';
import { rowOf } from '../../tensor.ts';
import { defineMetric } from '../metric.ts';
import { noValue } from '../no-value.ts';
import { norm } from '../shared/vectors.ts';

/** Are the relevances what they are read as: the slopes of the logit by its concepts? */

declare module '../metric.ts' {
  interface MetricScopes {
    'local-linearity': 'input';
  }
}

/**
 * ‖∇_h f_c − θ_c‖ / ‖θ_c‖ where θ reads only the concepts (or what is decoded of them), c the predicted class, per input: by the product rule ‖Σ_k h_k·∇_hθ[k,c]‖ /
 * ‖θ[:,c]‖. 0: θ is the slope, and a concept that is moved by a little moves the logit as θ says. Both are in logits per concept unit, but an entry of each depends on the unit of its
 * concept: so every entry is taken times the concept's deviation over the training set. Free of scale.
 *
 * The slopes of θ are central differences, a hundredth of a deviation to both sides: exact where θ is linear, and the mean of both slopes across a kink. Constant concepts have no slope and
 * no share. No value where θ reads the input itself (that takes the gradient of the graphs), nor of an input with θ_c = 0.
 */
export const localLinearity = defineMetric({
  name: 'local-linearity',
  needs: ['explanations', 'predictor'],
  scope: 'input',
  direction: 'lower',
  range: [0, Number.POSITIVE_INFINITY],
  sets: [],
  source:
    'Alvarez-Melis & Jaakkola 2018, "Towards Robust Interpretability with Self-Explaining Neural Networks", definition 3.4 and section 4',
  cannotTell: 'what becomes of larger moves, nor whether the decoder shows them: read promise beside it',
  async measure({ explanations: { concepts, relevances, predicted }, predictor }, { onProgress }) {
    const { manifest } = predictor;
    if (planOf(manifest.graphs, ['concepts'], ['relevances']) === undefined) {
      return noValue(
        'the relevances are read off the input itself, so there is no slope of them by the concepts alone',
      );
    }
    const movable = manifest.concepts.flatMap((concept, k) => {
      const deviation = deviationOf(concept);
      return deviation > 0 ? [{ k, deviation }] : [];
    });
    if (movable.length === 0) return noValue('no concept of the model varies');
    const [N, K, C] = [predicted.length, manifest.concepts.length, manifest.classes.length];
    const values: (number | null)[] = [];
    const each = 2 * movable.length;
    const atOnce = Math.max(1, Math.floor(rowsAtOnce(inputShape(manifest)) / each));
    for (let start = 0; start < N; start += atOnce) {
      const end = Math.min(N, start + atOnce);
      const data = new Float32Array((end - start) * each * K);
      for (let i = 0; i < (end - start) * each; i++) {
        const { k, deviation } = movable[Math.floor((i % each) / 2)] as (typeof movable)[number];
        data.set(rowOf(concepts, start + Math.floor(i / each)), i * K);
        data[i * K + k] = (data[i * K + k] as number) + (i % 2 === 0 ? 1 : -1) * STEP * deviation;
      }
      const theta = await predictor.relevances({ shape: [(end - start) * each, K], data });
      for (let n = start; n < end; n++) {
        const [c, h, own] = [predicted[n] as number, rowOf(concepts, n), rowOf(relevances, n)];
        const bends = movable.map(({ k, deviation }, m) => {
          const row = (n - start) * each + 2 * m;
          const [up, down] = [rowOf(theta, row), rowOf(theta, row + 1)];
          const width = (data[row * K + k] as number) - (data[(row + 1) * K + k] as number);
          let slope = 0;
          for (let j = 0; j < K; j++) {
            slope += (h[j] as number) * ((up[j * C + c] as number) - (down[j * C + c] as number));
          }
          return (slope / width) * deviation;
        });
        const size = norm(movable.map(({ k, deviation }) => (own[k * C + c] as number) * deviation));
        values.push(size === 0 ? null : norm(bends) / size);
      }
      onProgress?.(end, N);
    }
    return values;
  },
});

/** Of a deviation, to either side. */
const STEP = 0.01;
