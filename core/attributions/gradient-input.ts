import type { Attributed, Attribution, AttributionOptions } from './attribution.ts';
import { baselineOr } from './shared/baseline.ts';
import { meanGradients, perFeature } from './shared/gradient.ts';

/** Gradient × input: what the logit would lose if a feature went to 0, were the model linear. */

declare module './attribution.ts' {
  interface AttributionNames {
    'gradient-input': true;
  }
}

/**
 * x·∂logit/∂x of each feature; of a pixel the sum over its channels. In logits. Of a model that is linear in its input it is
 * w·x.
 */
export const gradientInput: Attribution<'gradient-input'> = {
  name: 'gradient-input',
  needs: 'gradient',
  over: 'input',
  explains: 'logit',
  queries: () => 1,
  means: 'how much it changes with that part, times the part',
  source:
    'Shrikumar, Greenside, Shcherbina & Kundaje 2016, "Not Just a Black Box: Learning Important Features Through Propagating Activation Differences"',
  cannotTell: 'anything of a feature that is 0 (the ground of an image), whatever it does',
  async attribute(predictor, input, classes, { baseline, onProgress }: AttributionOptions): Promise<Attributed> {
    const { manifest } = predictor;
    const gradients = await meanGradients(predictor, { who: 'gradient-input', input, classes, samples: 1, onProgress });
    return {
      values: perFeature(
        manifest,
        gradients.map((value, i) => value * (input.data[i] as number)),
      ),
      baseline: baselineOr(manifest, baseline, 'gradient-input'),
    };
  },
};
