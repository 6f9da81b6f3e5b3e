import type { Attributed, Attribution, AttributionOptions } from './attribution.ts';
import { baselineOr } from './shared/baseline.ts';
import { meanGradients, perFeature } from './shared/gradient.ts';

/** Integrated gradients: what each feature adds to the logit on the straight way from the baseline to the input. */

declare module './attribution.ts' {
  interface AttributionNames {
    'integrated-gradients': true;
  }
}

/** Steps of the way, where nobody says how many: sums of the shipped models, whose Relus have kinks, are right within 1 %. */
const STEPS = 128;

/**
 * Where step s of S ends: sin²(π·s/2S), from 0 to 1. Steps are short at both ends, where a feature that the model takes the
 * root of may come to 0 and the gradient be infinite: ∫ 1/√α dα by equal steps is off by 0.3/√S of it, by these by 0.3/S².
 */
const end = (s: number, S: number): number => Math.sin((Math.PI * s) / (2 * S)) ** 2;

/**
 * (x − b)·∫₀¹ ∂logit/∂x at b + α·(x − b) dα of each feature, with one gradient for each step of the way; of a pixel the sum over
 * its channels. In logits; complete: they sum to f(x) − f(b), but for what the steps miss (`queries` sets their number). Of a model
 * that is linear in its input they are w·(x − b).
 */
export const integratedGradients: Attribution<'integrated-gradients'> = {
  name: 'integrated-gradients',
  needs: 'gradient',
  over: 'input',
  explains: 'logit',
  queries: (_, most = STEPS) => most,
  means: 'how much of it comes with that part on the way from an empty input',
  source: 'Sundararajan, Taly & Yan 2017, "Axiomatic Attribution for Deep Networks", section 3',
  cannotTell: 'anything of a feature that is at the baseline; the inputs on the way are ones that may never occur',
  async attribute(predictor, input, classes, options: AttributionOptions): Promise<Attributed> {
    const { manifest } = predictor;
    const { queries: samples = STEPS, onProgress } = options;
    const baseline = baselineOr(manifest, options.baseline, 'integrated-gradients');
    const from = (at: number): number => baseline.data[at % baseline.data.length] as number;
    const gradients = await meanGradients(predictor, {
      who: 'integrated-gradients',
      input,
      classes,
      samples,
      onProgress,
      weightOf: (s) => end(s + 1, samples) - end(s, samples),
      change: (_, s, row) => {
        const α = end(s + 0.5, samples);
        for (const [at, value] of row.entries()) row[at] = from(at) + α * (value - from(at));
      },
    });
    const values = gradients.map((value, i) => value * ((input.data[i] as number) - from(i)));
    return { values: perFeature(manifest, values), baseline };
  },
};
