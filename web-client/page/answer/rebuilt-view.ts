import { ownStep } from '../../../core/figure/parts/traversals.ts';
import type { Manifest } from '../../../core/manifest.ts';
import type { Prediction, Traversal } from '../../../core/predictor.ts';
import { imageAt } from '../../../core/tensor.ts';
import { percent } from '../../../core/text/format.ts';
import { byId } from '../dom.ts';
import { paint } from '../paint.ts';

/** What the concepts keep of an input: beside it the picture that they make, and how well training images fare. */
export interface RebuiltView {
  show(prediction: Prediction | undefined): void;
}

export function createRebuiltView({ input, graphs }: Manifest): RebuiltView {
  const figure = byId('rebuilt', 'figure');
  const canvas = byId('rebuilt-picture', 'canvas');
  const said = byId('rebuilt-said', 'span');
  let painted: Traversal | undefined;
  const hasPicture = input.kind === 'image' && graphs.decoder !== undefined;
  return {
    show(prediction) {
      const [traversal] = (hasPicture && prediction?.traversals) || [];
      const own = traversal && ownStep(traversal.values.length);
      figure.hidden = own === undefined;
      if (traversal === undefined || own === undefined) return;
      if (traversal === painted) return;
      painted = traversal;
      paint(canvas, imageAt(traversal.decoded, own));
      const { quantile } = prediction?.familiarity ?? {};
      said.textContent = quantile === undefined ? '' : `, closer than for ${percent(1 - quantile)} of training images`;
    },
  };
}
