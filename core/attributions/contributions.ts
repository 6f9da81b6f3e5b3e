import { forwardAll } from '../forward-all.ts';
import { batchSize, rowOf } from '../tensor.ts';
import type { Attributed, Attribution, AttributionOptions } from './attribution.ts';
import { baselineOr } from './shared/baseline.ts';

/** The model's own explanation, as one attribution among others. */

declare module './attribution.ts' {
  interface AttributionNames {
    contributions: true;
  }
}

/** θ[k,c]·h[k] of each concept for the class that is asked about: they sum to its logit. */
export const contributions: Attribution<'contributions'> = {
  name: 'contributions',
  needs: 'graph',
  over: 'concepts',
  explains: 'logit',
  queries: () => 1,
  means: 'the activation of that concept times its relevance; they sum to it',
  source:
    'Alvarez-Melis & Jaakkola 2018, "Towards Robust Interpretability with Self-Explaining Neural Networks", eq. 3',
  cannotTell: 'whether the concepts decide, or the relevances alone: read the audit beside it',
  async attribute(predictor, input, classes, options: AttributionOptions): Promise<Attributed> {
    const { manifest } = predictor;
    const baseline = baselineOr(manifest, options.baseline, 'contributions');
    const [N, K, C] = [batchSize(input), manifest.concepts.length, manifest.classes.length];
    const data = new Float32Array(N * K);
    if (N > 0) {
      const { concepts, relevances } = await forwardAll(predictor, input, options.onProgress);
      for (let n = 0; n < N; n++) {
        const [h, theta, c] = [rowOf(concepts, n), rowOf(relevances, n), classes[n] as number];
        for (let k = 0; k < K; k++) data[n * K + k] = (theta[k * C + c] as number) * (h[k] as number);
      }
    }
    return { values: { shape: [N, K], data }, baseline };
  },
};
