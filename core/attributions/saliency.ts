import type { Attributed, Attribution, AttributionOptions } from './attribution.ts';
import { baselineOr } from './shared/baseline.ts';
import { meanGradients, perFeature } from './shared/gradient.ts';

/** Saliency: how much a class's logit moves with each feature, up or down. (The artefact of that name is another thing.) */

declare module './attribution.ts' {
  interface AttributionNames {
    saliency: true;
  }
}

/**
 * |∂logit/∂x| of each feature; of a pixel the largest of its channels. In logits per unit of the input. Of a model that is
 * linear in its input it is |w|.
 */
export const saliency: Attribution<'saliency'> = {
  name: 'saliency',
  needs: 'gradient',
  over: 'input',
  explains: 'logit',
  queries: () => 1,
  means: 'how much it changes with that part, whichever way',
  source:
    'Simonyan, Vedaldi & Zisserman 2013, "Deep Inside Convolutional Networks: Visualising Image Classification Models and Saliency Maps", section 3',
  cannotTell: 'whether a feature speaks for the class or against it, and what it does where the logit is saturated',
  async attribute(predictor, input, classes, { baseline, onProgress }: AttributionOptions): Promise<Attributed> {
    const { manifest } = predictor;
    const gradients = await meanGradients(predictor, { who: 'saliency', input, classes, samples: 1, onProgress });
    return {
      values: perFeature(manifest, gradients.map(Math.abs), 'max'),
      baseline: baselineOr(manifest, baseline, 'saliency'),
    };
  },
};
