import { TRAVERSAL_STEPS } from '../../../core/artefacts/traversals.ts';
import { SennError } from '../../../core/errors.ts';
import { figureSvg } from '../../../core/figure/figure.ts';
import type { FigureModel, Panel } from '../../../core/figure/panel.ts';
import { inputShape } from '../../../core/manifest.ts';
import { pngDataUri } from './image.ts';
import { checkPrediction } from './subject.ts';

/** The explanations of a run's report: the figure of core/figure, of what a run has at hand. */
export interface ExplanationFigure {
  readonly model: FigureModel['manifest'];
  /** The contents of the static artefacts that the model lists. */
  readonly statics?: FigureModel['statics'];
  readonly panels: readonly Panel[];
  /** Index of the class to set beside the predicted one; the runner-up when absent. */
  readonly contrast?: number;
}

/** The label of the class to set beside the predicted one. @throws shape_mismatch */
function contrastOf({ classes }: ExplanationFigure['model'], contrast: number | undefined): string | undefined {
  if (contrast === undefined || classes[contrast] !== undefined) return classes[contrast ?? -1];
  const choices = classes.map((label, c) => `${c} (${label})`).join(', ');
  throw new SennError('shape_mismatch', `explanation: contrast ${contrast} is no class; choose ${choices}`);
}

/** @throws shape_mismatch */
function checkPanel(model: ExplanationFigure['model'], { input, prediction }: Panel, where: string): void {
  checkPrediction(model, prediction, where);
  const expected = inputShape(model);
  if (input.shape.join() === expected.join()) return;
  throw new SennError(
    'shape_mismatch',
    `${where}: input [${input.shape.join(', ')}] must be [${expected.join(', ')}], as the model's are`,
  );
}

/**
 * Inputs with their explanations, one below the other: the input, what the decoder makes of each concept's traversal
 * (h ± q, see `core/artefacts/traversals.ts`), and the contribution of every concept to the predicted class and to a
 * contrast class on one scale. Labels, traversals and bars of a concept stand in one row.
 * @returns an SVG document
 * @throws shape_mismatch
 */
export function explanation({ model, statics = {}, panels, contrast }: ExplanationFigure): string {
  const [first] = panels;
  if (first === undefined) throw new SennError('shape_mismatch', 'explanation: needs at least one input, got none');
  panels.forEach((panel, i) => {
    checkPanel(model, panel, `explanation: input ${i}`);
  });
  const steps = first.prediction.traversals[0]?.values.length ?? TRAVERSAL_STEPS.default;
  const options = { steps, contrast: contrastOf(model, contrast) };
  return figureSvg(panels, { manifest: model, statics }, options, pngDataUri);
}
