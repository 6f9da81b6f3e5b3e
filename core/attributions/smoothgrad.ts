import type { Manifest } from '../manifest.ts';
import type { RandomStream } from '../random.ts';
import { rowOf } from '../tensor.ts';
import type { Attributed, Attribution, AttributionOptions } from './attribution.ts';
import { baselineOr } from './shared/baseline.ts';
import { normal } from './shared/draw.ts';
import { meanGradients, perFeature } from './shared/gradient.ts';

/** SmoothGrad: the gradient around an input, since the one at it jumps from input to input. */

declare module './attribution.ts' {
  interface AttributionNames {
    smoothgrad: true;
  }
}

/** Noisy copies of an input, and the deviation of the noise as a share of the range of values (the paper's figures 3 and 4). */
const SAMPLES = 50;
const NOISE = 0.15;

/** The deviation of the noise at each place: by the range of each feature, or of the values of the image. */
function deviationsOf({ input }: Pick<Manifest, 'input'>, row: Float32Array): (at: number) => number {
  if (input.kind === 'tabular') {
    const ranges = input.features.map(({ range: [low, high] }) => NOISE * (high - low));
    return (at) => ranges[at] as number;
  }
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of row) [low, high] = [Math.min(low, value), Math.max(high, value)];
  const deviation = NOISE * (high - low);
  return () => deviation;
}

/**
 * The mean of ∂logit/∂x over copies of the input with normal noise; of a pixel the sum over its channels. In logits per unit
 * of the input, signed. Of a model that is linear in its input it is w.
 */
export const smoothgrad: Attribution<'smoothgrad'> = {
  name: 'smoothgrad',
  needs: 'gradient',
  over: 'input',
  explains: 'logit',
  queries: (_, most = SAMPLES) => most,
  means: 'how much it changes with that part, on average around this input',
  source: 'Smilkov, Thorat, Kim, Viégas & Wattenberg 2017, "SmoothGrad: removing noise by adding noise", section 2',
  cannotTell: 'what the model does at the input itself; how much of the value is the draw: ask with another seed',
  async attribute(predictor, input, classes, options: AttributionOptions): Promise<Attributed> {
    const { manifest } = predictor;
    const { queries: samples = SAMPLES, randomOf, onProgress } = options;
    let stream: RandomStream | undefined;
    let deviation: (at: number) => number = () => 0;
    const gradients = await meanGradients(predictor, {
      who: 'smoothgrad',
      input,
      classes,
      samples,
      onProgress,
      change: (n, s, row) => {
        if (s === 0 || stream === undefined) {
          stream = randomOf(n);
          deviation = deviationsOf(manifest, rowOf(input, n));
        }
        for (const [at, value] of row.entries()) row[at] = value + deviation(at) * normal(stream);
      },
    });
    return { values: perFeature(manifest, gradients), baseline: baselineOr(manifest, options.baseline, 'smoothgrad') };
  },
};
