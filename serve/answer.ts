import type { PredictQuery, PredictResponse } from '../core/api.ts';
import { SennError } from '../core/errors.ts';
import type { Manifest } from '../core/manifest.ts';
import type { Prediction, Predictor } from '../core/predictor.ts';
import type { Tensor } from '../core/tensor.ts';
import { contactSheet, pngDataUri } from './png.ts';

/** One input's place in the answer of `/predict`, ready for JSON. */
export type PredictionAnswer = PredictResponse['predictions'][number];

/** What of the explanation is wanted, and in which form. */
export type AnswerOptions = Pick<PredictQuery, 'explain' | 'steps' | 'contrast' | 'sheet'>;

/** @throws invalid_request when `contrast` is not a class of the model */
export function checkContrast({ classes, name }: Manifest, { contrast }: Pick<AnswerOptions, 'contrast'>): void {
  if (contrast !== undefined && !classes.includes(contrast)) {
    throw new SennError(
      'invalid_request',
      `query: contrast "${contrast}" must be a class of "${name}"; choose ${classes.join(', ')}`,
      { contrast, classes },
    );
  }
}

/** Predicts a batch and renders what was asked for. @param input `[N, …]` in the model's units */
export async function answer(predictor: Predictor, input: Tensor, options: AnswerOptions): Promise<PredictionAnswer[]> {
  const { manifest } = predictor;
  checkContrast(manifest, options);
  const traversals = options.explain.includes('traversals');
  const predictions = await predictor.predict(input, { traversals, steps: options.steps });
  return predictions.map((prediction) => answerOf(manifest, prediction, options));
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
    ...(wants('traversals') && traversalsOf(manifest, prediction, options)),
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

/** Traversals with their images as small PNGs, or with all of them on one sheet; a table's have no images. */
function traversalsOf(
  { input }: Manifest,
  { traversals }: Prediction,
  { sheet }: AnswerOptions,
): Pick<PredictionAnswer, 'traversals' | 'sheet'> {
  if (input.kind !== 'image') return { traversals: traversals.map(({ concept, values }) => ({ concept, values })) };
  if (sheet) {
    return {
      traversals: traversals.map(({ concept, values }) => ({ concept, values })),
      sheet: pngDataUri(contactSheet(traversals.map(({ images }) => images))),
    };
  }
  return {
    traversals: traversals.map(({ concept, values, images }) => ({
      concept,
      values,
      images: values.map((_, s) => pngDataUri(imageAt(images, s))),
    })),
  };
}

/** `[S, C, H, W]` → `[C, H, W]`, sharing memory. */
export function imageAt({ shape, data }: Tensor, index: number): Tensor {
  const [, channels = 0, height = 0, width = 0] = shape;
  const size = channels * height * width;
  return { shape: [channels, height, width], data: data.subarray(index * size, (index + 1) * size) };
}
