import { unfamiliarWarning } from '../../../core/artefacts/familiarity/warning.ts';
import { checkPanels } from '../../../core/figure/figure.ts';
import type { Prediction } from '../../../core/predictor.ts';
import type { OpenSession } from '../../../core/session.ts';
import { type RangeWarning, rangeWarnings } from '../../../core/tables/range-warnings.ts';
import { concatRows } from '../../../core/tensor.ts';
import { checkContrast } from '../../answers/answer.ts';
import { type ExplainedModel, type ExplainedOptions, explained } from '../../answers/explained.ts';
import { openAtomicFile } from '../../atomic-file.ts';
import { loadModel } from '../../models/model-folder.ts';
import { type Explanation, formatOf } from './formats.ts';
import { readInputs } from './inputs.ts';

/** What `senn explain` does: files of inputs in, one file with their explanations out. */

export interface ExplainOptions extends ExplainedOptions {
  /** Model folder. */
  readonly model: string;
  /** Images, or JSON for a model of tables. */
  readonly files: readonly string[];
  /** The file to write, in the format that its ending says. */
  readonly out: string;
}

/** A prediction, and what it is of: the file, and which row of it where it holds several. */
export interface NamedPrediction {
  readonly name: string;
  readonly prediction: Prediction;
  readonly warnings: readonly RangeWarning[];
  /** That it is unlike the training inputs, in a sentence; `undefined` where it is not, or that is not known. */
  readonly unfamiliar: string | undefined;
}

/**
 * Predicts the inputs of files and writes the explanations as one file, which is there whole or not at all.
 * @throws invalid_config where it cannot be written or its ending is no format, payload_too_large for more inputs than fit, invalid_request for an
 *   unknown class, missing_input, invalid_image, invalid_features …
 */
export async function explainFiles(options: ExplainOptions, openSession: OpenSession): Promise<NamedPrediction[]> {
  const file = await openAtomicFile(options.out);
  try {
    const format = formatOf(options.out);
    const model = await loadModel(options.model, openSession);
    const { named, explanation } = await explainedBy(model, options).finally(() => model.predictor.close());
    await file.write(await format(explanation));
    await file.commit();
    return named;
  } finally {
    await file.discard();
  }
}

async function explainedBy(
  model: ExplainedModel,
  options: ExplainOptions,
): Promise<{ named: NamedPrediction[]; explanation: Explanation }> {
  const { predictor } = model;
  const { manifest } = predictor;
  checkContrast(manifest, options);
  checkPanels(options.files.length, manifest, options); // before they are read: each holds at least one input
  const inputs = await readInputs(options.files, manifest);
  const batch = concatRows(inputs.map(({ input }) => input));
  const { predictions, svg } = await explained(model, batch, options);
  return {
    explanation: { predictor, statics: model.statics, batch, predictions, svg, options },
    named: inputs.map(({ name, input }, i) => ({
      name,
      prediction: predictions[i] as Prediction,
      warnings: rangeWarnings(input.data, manifest.input),
      unfamiliar: unfamiliarWarning(manifest, predictions[i]?.familiarity),
    })),
  };
}
