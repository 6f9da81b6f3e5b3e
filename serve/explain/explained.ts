import type { Prediction, Predictor } from '../../core/predictor.ts';
import { batchSize, rowOf, type Tensor } from '../../core/tensor.ts';
import { figureSvg } from './figure.ts';
import { checkPanels } from './layout.ts';

export interface Explained {
  readonly predictions: Prediction[];
  readonly svg: string;
}

/** Predicts a batch of images and draws it. @param batch `[N, C, H, W]` in [0, 1] @throws payload_too_large */
export async function explained(
  predictor: Predictor,
  batch: Tensor,
  { steps }: { readonly steps: number },
): Promise<Explained> {
  const { manifest } = predictor;
  checkPanels(batchSize(batch), manifest, steps);
  const predictions = await predictor.predict(batch, { steps });
  const shape = batch.shape.slice(1);
  const panels = predictions.map((prediction, i) => ({ prediction, image: { shape, data: rowOf(batch, i) } }));
  return { predictions, svg: figureSvg(panels, manifest) };
}
