import { checkPanels } from '../../../core/figure/figure.ts';
import type { FigureOptions } from '../../../core/figure/panel.ts';
import type { Prediction } from '../../../core/predictor.ts';
import type { OpenSession } from '../../../core/session.ts';
import { type RangeWarning, rangeWarnings } from '../../../core/tables/range-warnings.ts';
import { concatRows } from '../../../core/tensor.ts';
import { checkContrast } from '../../answers/answer.ts';
import { type ExplainedModel, explained } from '../../answers/explained.ts';
import { renderSvg } from '../../answers/render-svg.ts';
import { openAtomicFile } from '../../atomic-file.ts';
import { loadModel } from '../../models/model-folder.ts';
import { readInputs } from './inputs.ts';

export interface ExplainOptions extends FigureOptions {
  /** Model folder. */
  readonly model: string;
  /** Images, or JSON for a model of tables. */
  readonly files: readonly string[];
  /** The PNG to write. */
  readonly out: string;
}

/** A prediction, and what it is of: the file, and which row of it where it holds several. */
export interface NamedPrediction {
  readonly name: string;
  readonly prediction: Prediction;
  readonly warnings: readonly RangeWarning[];
}

/**
 * Predicts the inputs of files and draws the explanations as one PNG, which is there whole or not at all.
 * @throws invalid_config where it cannot be written, payload_too_large for more inputs than fit, invalid_request for an
 *   unknown class, missing_input, invalid_image, invalid_features …
 */
export async function explainFiles(options: ExplainOptions, openSession: OpenSession): Promise<NamedPrediction[]> {
  const file = await openAtomicFile(options.out);
  try {
    const model = await loadModel(options.model, openSession);
    const { predictions, svg } = await explainedBy(model, options).finally(() => model.predictor.close());
    await file.write(await renderSvg(svg));
    await file.commit();
    return predictions;
  } finally {
    await file.discard();
  }
}

async function explainedBy(
  model: ExplainedModel,
  options: ExplainOptions,
): Promise<{ predictions: NamedPrediction[]; svg: string }> {
  const { manifest } = model.predictor;
  checkContrast(manifest, options);
  checkPanels(options.files.length, manifest, options); // before they are read: each holds at least one input
  const inputs = await readInputs(options.files, manifest);
  const { predictions, svg } = await explained(model, concatRows(inputs.map(({ input }) => input)), options);
  return {
    svg,
    predictions: inputs.map(({ name, input }, i) => ({
      name,
      prediction: predictions[i] as Prediction,
      warnings: rangeWarnings(input.data, manifest.input),
    })),
  };
}
