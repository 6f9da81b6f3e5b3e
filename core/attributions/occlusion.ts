import { inputShape } from '../manifest.ts';
import { batchSize, rowOf, sizeOf } from '../tensor.ts';
import type { Attributed, Attribution, AttributionOptions } from './attribution.ts';
import { patchesOf } from './patches.ts';
import { ask, logitOf, type Questions } from './shared/ask.ts';
import { baselineOr } from './shared/baseline.ts';
import { attributionShape } from './shared/parts.ts';

/** Occlusion: what an input loses when a part of it is covered. */

declare module './attribution.ts' {
  interface AttributionNames {
    occlusion: true;
  }
}

/**
 * What goes when a feature is covered: the drop of the class's logit when the feature takes its baseline value, all
 * else as it is. Of an image, squares are covered (`patchesOf`), and a pixel has the mean drop of the squares that lie
 * over it. Positive where the feature speaks for the class. Of a model that is linear in its input it is w·(x − baseline),
 * exactly.
 *
 * The paper watches the class's probability; the logit is taken here because it does not saturate where the model is
 * sure, and because it has the unit of the model's own contributions.
 */
export const occlusion: Attribution<'occlusion'> = {
  name: 'occlusion',
  needs: 'graph',
  over: 'input',
  explains: 'logit',
  queries: (manifest) => 1 + patchesOf(manifest).length,
  means: 'how far it falls when that part is covered',
  source: 'Zeiler & Fergus 2014, "Visualizing and Understanding Convolutional Networks", section 4.2',
  cannotTell: 'features apart that stand in for each other: covering one of two that say the same changes nothing',
  async attribute(predictor, input, classes, options: AttributionOptions): Promise<Attributed> {
    const { manifest } = predictor;
    const baseline = baselineOr(manifest, options.baseline, 'occlusion');
    const [N, shape, features] = [batchSize(input), inputShape(manifest), attributionShape(manifest)];
    const F = sizeOf(features);
    const patches = patchesOf(manifest);
    const covers = new Float64Array(F);
    for (const patch of patches) {
      for (const f of patch.features) covers[f] = (covers[f] as number) + 1;
    }
    // An input's questions: as it is, then without each patch.
    const variants = 1 + patches.length;
    const inputOf = (i: number): number => Math.floor(i / variants);
    const questions: Questions = {
      count: N * variants,
      shape,
      fill: (i, into) => {
        into.set(rowOf(input, inputOf(i)));
        const patch = patches[(i % variants) - 1];
        for (const at of patch?.values ?? []) into[at] = baseline.data[at] as number;
        if (i % variants === patches.length) options.onProgress?.(inputOf(i) + 1, N);
      },
      classOf: (i) => classes[inputOf(i)] as number,
    };
    const logits = await ask(predictor, questions, logitOf);
    const sums = new Float64Array(N * F);
    for (let n = 0; n < N; n++) {
      const [before = 0, ...without] = logits.subarray(n * variants, (n + 1) * variants);
      without.forEach((logit, p) => {
        for (const f of patches[p]?.features ?? []) sums[n * F + f] = (sums[n * F + f] as number) + before - logit;
      });
    }
    const values = Float32Array.from(sums, (sum, i) => sum / (covers[i % F] as number));
    return { values: { shape: [N, ...features], data: values }, baseline };
  },
};
