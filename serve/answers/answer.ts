import type { PredictQuery, PredictResponse } from '../../core/api.ts';
import { SennError } from '../../core/errors.ts';
import { contactSheet } from '../../core/images/sheet.ts';
import type { Manifest } from '../../core/manifest.ts';
import type { Prediction } from '../../core/predictor.ts';
import { rangeWarnings } from '../../core/tables/range-warnings.ts';
import { rowOf, type Tensor } from '../../core/tensor.ts';
import { pngDataUri } from '../images/png.ts';

/** One input's place in the answer of `/predict`, ready for JSON. */
export type PredictionAnswer = PredictResponse['predictions'][number];

/** What of the explanation is wanted, and in which form. */
export type AnswerOptions = Pick<PredictQuery, 'explain' | 'steps' | 'contrast' | 'sheet'>;

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
  manifest: Manifest,
  input: Tensor,
  predictions: readonly Prediction[],
  options: AnswerOptions,
): PredictionAnswer[] {
  checkContrast(manifest, options);
  return predictions.map((prediction, n) => ({
    ...answerOf(manifest, prediction, options),
    ...warningsOf(manifest, rowOf(input, n)),
  }));
}

function answerOf(manifest: Manifest, prediction: Prediction, options: AnswerOptions): PredictionAnswer {
  const { label, index, probability, probabilities, logits } = prediction;
  const { concepts, relevances, contributions } = prediction;
  const wants = (part: AnswerOptions['explain'][number]): boolean => options.explain.includes(part);
  return {
    label,
    index,
    probability,
    probabilities,
    logits,
    ...(wants('concepts') && { concepts }),
    ...(wants('relevances') && { relevances }),
    ...(wants('contributions') && { contributions }),
    ...(options.contrast !== undefined && { contrast: contrastOf(manifest, prediction, options.contrast) }),
    ...(wants('traversals') && traversalsOf[manifest.input.kind](prediction, options)),
  };
}

/** `[K]` differences of contributions to the predicted class and to `label`. */
function contrastOf({ classes }: Manifest, { index, contributions }: Prediction, label: string) {
  const other = classes.indexOf(label);
  return {
    label,
    index: other,
    contributions: contributions.map((row) => (row[index] as number) - (row[other] as number)),
  };
}

/** What a table's row says that the model was not trained on. @param row one input in the model's units */
function warningsOf({ input }: Manifest, row: Float32Array): Pick<PredictionAnswer, 'warnings'> {
  const warnings = rangeWarnings(row, input);
  return warnings.length === 0 ? {} : { warnings };
}

type Traversals = Pick<PredictionAnswer, 'traversals' | 'sheet'>;

/** Traversals with their images as small PNGs, or with all of them on one sheet. */
function imageTraversals({ traversals, concepts }: Prediction, { sheet }: AnswerOptions): Traversals {
  if (sheet) {
    return {
      traversals: traversals.map(({ concept, values }) => ({ concept, values })),
      sheet: pngDataUri(contactSheet(traversals.map(({ decoded }) => decoded))),
    };
  }
  // every traversal passes the input as it is: that image is encoded once
  let own: string | undefined;
  return {
    traversals: traversals.map(({ concept, values, decoded }) => ({
      concept,
      values,
      images: values.map((value, s) => {
        if (value !== concepts[concept]) return pngDataUri(imageAt(decoded, s));
        own ??= pngDataUri(imageAt(decoded, s));
        return own;
      }),
    })),
  };
}

/** Traversals with the decoded features of each step. */
function tableTraversals({ traversals }: Prediction): Traversals {
  return {
    traversals: traversals.map(({ concept, values, decoded }) => ({
      concept,
      values,
      features: values.map((_, s) => Array.from(rowOf(decoded, s))),
    })),
  };
}

const traversalsOf = { image: imageTraversals, tabular: tableTraversals } satisfies Record<
  Manifest['input']['kind'],
  (prediction: Prediction, options: AnswerOptions) => Traversals
>;

/** `[S, C, H, W]` → `[C, H, W]`, sharing memory. */
export function imageAt({ shape, data }: Tensor, index: number): Tensor {
  const [, channels = 0, height = 0, width = 0] = shape;
  const size = channels * height * width;
  return { shape: [channels, height, width], data: data.subarray(index * size, (index + 1) * size) };
}
