import { batchSize, rowOf, sizeOf } from '../tensor.ts';
import type { Attributed, Attribution, AttributionOptions } from './attribution.ts';
import { baselineOr } from './shared/baseline.ts';
import { normal } from './shared/draw.ts';
import { attributionShape, partsOf, spread } from './shared/parts.ts';

/** An explanation that knows nothing: the control that every other one must beat. */

declare module './attribution.ts' {
  interface AttributionNames {
    random: true;
  }
}

/** A standard normal number for each feature of a table or superpixel of an image, of which each pixel has an equal share. */
export const random: Attribution<'random'> = {
  name: 'random',
  needs: 'graph',
  over: 'input',
  explains: 'nothing',
  queries: () => 0,
  means: 'nothing, a number that was drawn',
  source:
    'senn-onnx; the random baseline of Hooker et al. 2019, "A Benchmark for Interpretability Methods in Deep Neural Networks"',
  cannotTell: 'anything; what it scores is what a metric gives to no explanation at all',
  async attribute({ manifest }, input, _classes, options: AttributionOptions): Promise<Attributed> {
    const baseline = baselineOr(manifest, options.baseline, 'random');
    const [N, features] = [batchSize(input), attributionShape(manifest)];
    const F = sizeOf(features);
    const data = new Float32Array(N * F);
    for (let n = 0; n < N; n++) {
      const parts = partsOf(manifest, rowOf(input, n));
      const stream = options.randomOf(n);
      spread(
        parts,
        parts.map(() => normal(stream)),
        data.subarray(n * F, (n + 1) * F),
      );
      options.onProgress?.(n + 1, N);
    }
    return { values: { shape: [N, ...features], data }, baseline };
  },
};
