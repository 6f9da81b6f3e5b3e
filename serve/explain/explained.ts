import type { Prediction, Predictor } from '../../core/predictor.ts';
import { batchSize, rowOf, type Tensor } from '../../core/tensor.ts';
import { checkContrast } from '../answer.ts';
import { checkPanels, figureSvg } from './figure.ts';
import type { FigureOptions } from './panel.ts';

export interface Explained {
  readonly predictions: Prediction[];
  readonly svg: string;
}

/** Predicts a batch and draws it. @param batch `[N, …]` in the model's units @throws payload_too_large, invalid_request */
export async function explained(predictor: Predictor, batch: Tensor, options: FigureOptions): Promise<Explained> {
  const { manifest } = predictor;
  checkContrast(manifest, options);
  checkPanels(batchSize(batch), manifest, options);
  const predictions = await predictor.predict(batch, { steps: options.steps });
  const shape = batch.shape.slice(1);
  const panels = predictions.map((prediction, i) => ({ prediction, input: { shape, data: rowOf(batch, i) } }));
  return { predictions, svg: figureSvg(panels, manifest, options) };
}
