import type { PredictQuery, PredictResponse } from '../../core/api.ts';
import type { AnswerContext } from '../../core/artefacts/artefact.ts';
import { inputAnswer } from '../../core/artefacts/counterfactual/counterfactual.ts';
import { type ArtefactName, checkArtefacts, defaultArtefacts, writeArtefacts } from '../../core/artefacts/index.ts';
import { askedAttributions, explainParts } from '../../core/attributions/answers/names.ts';
import type { AttributionAnswers } from '../../core/attributions/answers/schema.ts';
import type { AttributionName } from '../../core/attributions/attribution.ts';
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
  /** Where there is none, no attribution is asked for. */
  readonly attributions?: AskedAttributions | undefined;
}

/** Attributions as a request asks for them. */
export interface AskedAttributions extends Pick<PredictQuery, 'queries' | 'seed'> {
  readonly names: readonly AttributionName[];
}

/** What a request asks of a model: where it does not say what to explain with, what the model shows by default. */
export type AskedOptions = Omit<AnswerOptions, 'explain' | 'attributions'> &
  Pick<PredictQuery, 'explain' | 'queries'> &
  Partial<Pick<PredictQuery, 'seed'>>;

/**
 * @param otherwise attributions where the request does not say what to explain with
 * @throws invalid_request where the model has no such class, or cannot show what is asked for
 */
export function answerOptions(
  manifest: Manifest,
  asked: AskedOptions,
  otherwise: readonly AttributionName[] = [],
): AnswerOptions {
  checkContrast(manifest, asked);
  const { artefacts: explain, attributions: names } =
    asked.explain === undefined
      ? { artefacts: defaultArtefacts(manifest), attributions: otherwise }
      : explainParts(asked.explain);
  checkBlackBox(manifest, explain, asked);
  checkArtefacts(manifest, explain, asked);
  const { steps, contrast, sheet, queries, seed = 0 } = asked;
  if (names.length > 0) return { explain, steps, contrast, sheet, attributions: { names, queries, seed } };
  if (queries === undefined) return { explain, steps, contrast, sheet };
  throw new SennError(
    'invalid_request',
    `queries ${queries}: is what an attribution may ask; name one in explain, of ${askedAttributions.join(', ')}`,
    { queries, choices: askedAttributions },
  );
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
    `explain: model "${manifest.name}" is a black box: it has no concepts, of which ${asked} is made; ask for ${askedAttributions.join(', ')}`,
    { model: manifest.name, artefact: asked, choices: askedAttributions },
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

/**
 * What was asked for of each prediction.
 * @param input `[N, …]`, what was predicted, in the model's units
 * @param attributed `[N]`, where attributions were asked for
 */
export function answersOf(
  { manifest, statics }: Pick<AnswerContext, 'manifest' | 'statics'>,
  input: Tensor,
  predictions: readonly Prediction[],
  options: AnswerOptions,
  attributed: readonly AttributionAnswers[] = [],
): PredictionAnswer[] {
  checkContrast(manifest, options);
  const context: AnswerContext = { manifest, statics, options, encodeImage: pngDataUri };
  return predictions.map((prediction, n) => {
    const answer = answerOf(context, prediction, options);
    const attributions = attributed[n];
    if (attributions !== undefined) answer.attributions = attributions;
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
