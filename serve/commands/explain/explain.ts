import { unfamiliarWarning } from '../../../core/artefacts/familiarity/warning.ts';
import { defaultAttributions, type ExplainName } from '../../../core/attributions/answers/names.ts';
import { checkPanels } from '../../../core/figure/figure.ts';
import type { Manifest } from '../../../core/manifest.ts';
import type { Prediction } from '../../../core/predictor.ts';
import type { OpenSession } from '../../../core/session.ts';
import { type RangeWarning, rangeWarnings } from '../../../core/tables/range-warnings.ts';
import { concatRows } from '../../../core/tensor.ts';
import { answerOptions } from '../../answers/answer.ts';
import { type ExplainedModel, type ExplainedOptions, explained } from '../../answers/explained.ts';
import { openAtomicFile } from '../../atomic-file.ts';
import { loadModel } from '../../models/model-folder.ts';
import { type Explanation, formatOf } from './formats.ts';
import { readInputs } from './inputs.ts';

/** What `senn explain` does: files of inputs in, one file with their explanations out. */

export interface ExplainOptions extends Omit<ExplainedOptions, 'explain' | 'attributions'> {
  /** Artefacts and attributions by name; else what the model is explained by where nobody says. */
  readonly artefacts?: readonly ExplainName[] | undefined;
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

/** @throws invalid_request for an unknown class, and for what the model cannot show */
function drawnOptions(manifest: Manifest, { artefacts, steps, contrast, concepts }: ExplainOptions): ExplainedOptions {
  const asked = { explain: artefacts && [...artefacts], steps, contrast, sheet: false };
  const { explain, attributions } = answerOptions(manifest, asked, defaultAttributions(manifest));
  return { steps, contrast, concepts, attributions, ...(artefacts && { explain }) };
}

async function explainedBy(
  model: ExplainedModel,
  options: ExplainOptions,
): Promise<{ named: NamedPrediction[]; explanation: Explanation }> {
  const { predictor } = model;
  const { manifest } = predictor;
  const drawn = drawnOptions(manifest, options);
  checkPanels(options.files.length, manifest, drawn); // before they are read: each holds at least one input
  const inputs = await readInputs(options.files, manifest);
  const batch = concatRows(inputs.map(({ input }) => input));
  const { predictions, attributed, svg } = await explained(model, batch, drawn);
  return {
    explanation: { predictor, statics: model.statics, batch, predictions, attributed, svg, options: drawn },
    named: inputs.map(({ name, input }, i) => ({
      name,
      prediction: predictions[i] as Prediction,
      warnings: rangeWarnings(input.data, manifest.input),
      unfamiliar: unfamiliarWarning(manifest, predictions[i]?.familiarity),
    })),
  };
}
