import type { Statics } from '../../core/artefacts/artefact.ts';
import { checkArtefacts, figureArtefacts } from '../../core/artefacts/index.ts';
import { checkPanels, figureSvg } from '../../core/figure/figure.ts';
import type { FigureOptions, Panel } from '../../core/figure/panel.ts';
import type { Prediction, Predictor } from '../../core/predictor.ts';
import { turningPoint } from '../../core/reasons/turning-point.ts';
import { batchSize, rowOf, type Tensor } from '../../core/tensor.ts';
import type { ConceptValues } from '../../core/views/intervention.ts';
import { pngDataUri } from '../images/png.ts';
import { checkContrast } from './answer.ts';

/** Predictions as pictures: the figure of core/figure, with the server's own fast PNG encoder. */

/** A model whose predictions can be drawn. */
export interface ExplainedModel {
  readonly predictor: Predictor;
  /** The static artefacts at hand. */
  readonly statics: Statics;
}

/** What of predictions is asked for. */
export interface ExplainedOptions extends FigureOptions {
  /** Concepts to set in every input, by their names or indices. */
  readonly concepts?: ConceptValues | undefined;
}

export interface Explained {
  readonly predictions: Prediction[];
  readonly svg: string;
}

/** Predicts a batch and draws it. @param batch `[N, …]` in the model's units @throws payload_too_large, invalid_request */
export async function explained(model: ExplainedModel, batch: Tensor, options: ExplainedOptions): Promise<Explained> {
  const { predictor, statics } = model;
  const { manifest } = predictor;
  const { steps, contrast, concepts } = options;
  checkContrast(manifest, options);
  checkArtefacts(manifest, options.explain ?? [], options);
  checkPanels(batchSize(batch), manifest, options);
  const explain = figureArtefacts(manifest, options.explain);
  const all = concepts && { concepts: new Array<ConceptValues>(batchSize(batch)).fill(concepts) };
  const predictions = await predictor.predict(batch, { explain, steps, contrast, statics, ...all });
  return { predictions, svg: drawn(model, batch, await withTurns(predictor, predictions, contrast), options) };
}

/** A prediction with what would tip it. */
export type Turned = Pick<Panel, 'prediction' | 'turn'>;

/**
 * Finds what would tip each prediction; of one whose concepts were set, which is what somebody asked, nothing is sought.
 * @param contrast a class by its label; without one the runner-up
 */
export async function withTurns(
  predictor: Predictor,
  predictions: readonly Prediction[],
  contrast: string | undefined,
): Promise<Turned[]> {
  const other = contrast === undefined ? undefined : predictor.manifest.classes.indexOf(contrast);
  const turned: Turned[] = [];
  for (const prediction of predictions) {
    const isOwn = prediction.intervention === undefined;
    turned.push({ prediction, turn: isOwn ? await turningPoint(predictor, prediction, other) : undefined });
  }
  return turned;
}

/** The predictions of a batch, drawn as SVG. @throws payload_too_large, invalid_request */
export function drawn(
  { predictor: { manifest }, statics }: ExplainedModel,
  batch: Tensor,
  predictions: readonly Turned[],
  options: FigureOptions,
): string {
  checkContrast(manifest, options);
  checkPanels(predictions.length, manifest, options);
  const shape = batch.shape.slice(1);
  const panels = predictions.map((one, i) => ({ ...one, input: { shape, data: rowOf(batch, i) } }));
  return figureSvg(panels, { manifest, statics }, options, pngDataUri);
}
