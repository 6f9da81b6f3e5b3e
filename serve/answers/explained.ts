import type { Statics } from '../../core/artefacts/artefact.ts';
import { checkArtefacts, figureArtefacts } from '../../core/artefacts/index.ts';
import { explainInputs } from '../../core/attributions/answers/explain-inputs.ts';
import type { AttributionAnswers } from '../../core/attributions/answers/schema.ts';
import { SennError } from '../../core/errors.ts';
import { checkPanels, figureSvg } from '../../core/figure/figure.ts';
import type { FigureOptions, Panel } from '../../core/figure/panel.ts';
import type { Prediction, Predictor } from '../../core/predictor.ts';
import { turningPoint } from '../../core/reasons/turning-point.ts';
import { batchSize, imageAt, type Tensor } from '../../core/tensor.ts';
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
  /** `[N]`, where attributions were asked for. */
  readonly attributed: readonly AttributionAnswers[] | undefined;
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
  const attributed = await attributedOf(predictor, batch, predictions, options);
  const turned = await withTurns(predictor, batch, predictions, contrast);
  const told = turned.map((one, n) => ({ ...one, attributions: attributed?.[n] }));
  return { predictions, attributed, svg: drawn(model, batch, told, options) };
}

/** Attributions of the predicted classes, each by as many rows as it documents. @throws invalid_request */
async function attributedOf(
  predictor: Predictor,
  batch: Tensor,
  predictions: readonly Prediction[],
  { attributions, concepts }: ExplainedOptions,
): Promise<AttributionAnswers[] | undefined> {
  if (attributions === undefined) return undefined;
  if (concepts !== undefined) {
    throw new SennError('invalid_request', 'attributions: are of inputs as they are, and not of concepts that are set');
  }
  const classes = Int32Array.from(predictions, ({ index }) => index);
  const asked = { attributions: attributions.names.map((name) => ({ name })), seed: 0 };
  return explainInputs(predictor, batch, classes, asked);
}

/** A prediction with what would tip it. */
export type Turned = Pick<Panel, 'prediction' | 'turn' | 'attributions'>;

/**
 * Finds what would tip each prediction; of one whose concepts were set, which is what somebody asked, nothing is sought.
 * @param batch `[N, …]`, what was predicted
 * @param contrast a class by its label; without one the runner-up
 */
export async function withTurns(
  predictor: Predictor,
  batch: Tensor,
  predictions: readonly Prediction[],
  contrast: string | undefined,
): Promise<Turned[]> {
  const other = contrast === undefined ? undefined : predictor.manifest.classes.indexOf(contrast);
  const turned: Turned[] = [];
  for (const [i, prediction] of predictions.entries()) {
    const isOwn = prediction.intervention === undefined;
    const turn = isOwn ? await turningPoint(predictor, prediction, imageAt(batch, i), other) : undefined;
    turned.push({ prediction, turn });
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
  const panels = predictions.map((one, i) => ({ ...one, input: imageAt(batch, i) }));
  return figureSvg(panels, { manifest, statics }, options, pngDataUri);
}
