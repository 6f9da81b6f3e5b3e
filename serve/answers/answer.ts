import type { PredictQuery, PredictResponse } from '../../core/api.ts';
import type { AnswerContext } from '../../core/artefacts/artefact.ts';
import { inputAnswer } from '../../core/artefacts/counterfactual/counterfactual.ts';
import { type ArtefactName, checkArtefacts, defaultArtefacts, writeArtefacts } from '../../core/artefacts/index.ts';
import { isBlackBox } from '../../core/black-box/schema.ts';
import { SennError } from '../../core/errors.ts';
import type { Manifest } from '../../core/manifest.ts';
import type { Prediction } from '../../core/predictor.ts';
import { decidingConcepts } from '../../core/reasons/comparison.ts';
import { rangeWarnings } from '../../core/tables/range-warnings.ts';
import { rowOf, type Tensor } from '../../core/tensor.ts';
import { pngDataUri } from '../images/png.ts';

/** One input's place in the answer of `/predict`, ready for JSON. */
export type PredictionAnswer = PredictResponse['predictions'][number];

/** What of the explanation is wanted, and in which form. */
export interface AnswerOptions extends Pick<PredictQuery, 'steps' | 'contrast' | 'sheet'> {
  readonly explain: readonly ArtefactName[];
}

/** What a request asks of a model: where it does not say what to explain with, what the model shows by default. */
export type AskedOptions = Omit<AnswerOptions, 'explain'> & Pick<PredictQuery, 'explain'>;

/** @throws invalid_request where the model has no such class, or cannot show what is asked for */
export function answerOptions(manifest: Manifest, asked: AskedOptions): AnswerOptions {
  checkContrast(manifest, asked);
  const { explain = defaultArtefacts(manifest) } = asked;
  checkBlackBox(manifest, explain, asked);
  checkArtefacts(manifest, explain, asked);
  return { explain, steps: asked.steps, contrast: asked.contrast, sheet: asked.sheet };
}

/** A black box has no concepts to show or to compare classes by. @throws invalid_request */
function checkBlackBox(
  manifest: Manifest,
  explain: readonly ArtefactName[],
  { contrast }: Pick<AskedOptions, 'contrast'>,
): void {
  const [asked] = contrast === undefined ? explain : ['contrast', ...explain];
  if (asked === undefined || !isBlackBox(manifest)) return;
  throw new SennError(
    'invalid_request',
    `explain: model "${manifest.name}" is a black box: it has no concepts, of which ${asked} is made`,
    { model: manifest.name, artefact: asked },
  );
}

/** @throws invalid_request when `contrast` is not a class of the model */
export function checkContrast({ classes, name }: Manifest, { contrast }: Pick<AnswerOptions, 'contrast'>): void {
  if (contrast !== undefined && !classes.includes(contrast)) {
    throw new SennError(
      'invalid_request',
      `contrast "${contrast}" must be a class of "${name}"; choose ${classes.join(', ')}`,
      { contrast, classes },
    );
  }
}

/** What was asked for of each prediction. @param input `[N, …]`, what was predicted, in the model's units */
export function answersOf(
  { manifest, statics }: Pick<AnswerContext, 'manifest' | 'statics'>,
  input: Tensor,
  predictions: readonly Prediction[],
  options: AnswerOptions,
): PredictionAnswer[] {
  checkContrast(manifest, options);
  const context: AnswerContext = { manifest, statics, options, encodeImage: pngDataUri };
  return predictions.map((prediction, n) => {
    const answer = answerOf(context, prediction, options);
    const warnings = rangeWarnings(rowOf(input, n), manifest.input);
    if (warnings.length > 0) answer.warnings = warnings;
    return answer;
  });
}

function answerOf(context: AnswerContext, prediction: Prediction, options: AnswerOptions): PredictionAnswer {
  const { label, index, probability, probabilities, logits } = prediction;
  const answer: PredictionAnswer = { label, index, probability, probabilities, logits };
  writeArtefacts(answer, options.explain, prediction, context);
  if (options.contrast !== undefined) {
    answer.contrast = contrastOf(context.manifest, prediction, options.contrast);
  }
  const { intervention } = prediction;
  if (intervention !== undefined) {
    const { reread } = intervention;
    Object.assign(answer, inputAnswer[context.manifest.input.kind](intervention.decoded, context));
    answer.reread = { ...reread, concepts: [...reread.concepts] };
  }
  return answer;
}

/** `[K]` differences of contributions to the predicted class and to `label`, and the concepts that decide between them. */
function contrastOf({ classes }: Manifest, { index, contributions }: Prediction, label: string) {
  const other = classes.indexOf(label);
  const differences = contributions.map((row) => (row[index] as number) - (row[other] as number));
  return { label, index: other, contributions: differences, deciding: decidingConcepts(differences) };
}
