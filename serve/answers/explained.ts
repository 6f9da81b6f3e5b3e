import type { Prediction, Predictor } from '../../core/predictor.ts';
import { batchSize, rowOf, type Tensor } from '../../core/tensor.ts';
import { checkContrast } from './answer.ts';
import { checkPanels, figureSvg } from './figure/figure.ts';
import type { FigureModel, FigureOptions } from './figure/panel.ts';

/** A model whose predictions can be drawn. */
export interface ExplainedModel {
  readonly predictor: Predictor;
  readonly prototypes: FigureModel['prototypes'];
}

export interface Explained {
  readonly predictions: Prediction[];
  readonly svg: string;
}

/** Predicts a batch and draws it. @param batch `[N, …]` in the model's units @throws payload_too_large, invalid_request */
export async function explained(model: ExplainedModel, batch: Tensor, options: FigureOptions): Promise<Explained> {
  const { predictor } = model;
  checkContrast(predictor.manifest, options);
  checkPanels(batchSize(batch), predictor.manifest, options);
  const predictions = await predictor.predict(batch, { steps: options.steps });
  return { predictions, svg: drawn(model, batch, predictions, options) };
}

/** The predictions of a batch, drawn as SVG. @throws payload_too_large, invalid_request */
export function drawn(
  { predictor: { manifest }, prototypes }: ExplainedModel,
  batch: Tensor,
  predictions: readonly Prediction[],
  options: FigureOptions,
): string {
  checkContrast(manifest, options);
  checkPanels(predictions.length, manifest, options);
  const shape = batch.shape.slice(1);
  const panels = predictions.map((prediction, i) => ({ prediction, input: { shape, data: rowOf(batch, i) } }));
  return figureSvg(panels, { manifest, prototypes }, options);
}
