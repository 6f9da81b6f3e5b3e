import { z } from 'zod';
import { errorResponseSchema, predictResponseSchema } from '../../core/api.ts';
import { SennError } from '../../core/errors.ts';
import type { Manifest } from '../../core/manifest.ts';
import type { Prediction } from '../../core/predictor.ts';
import type { TabularInput } from '../../core/tables/features.ts';
import type { Tensor } from '../../core/tensor.ts';
import { download, parseJson } from '../download.ts';
import { tensorToImageData } from '../images.ts';

/** What the page needs of `GET /models`. */
const modelsSchema = z.object({
  models: z.array(
    z.object({
      name: z.string(),
      input: z.object({ kind: z.enum(['image', 'tabular']) }),
      artefacts: z.array(z.string()),
    }),
  ),
});
export type ListedModel = z.infer<typeof modelsSchema>['models'][number];

const atServer = (path: string): URL => new URL(path, document.baseURI);

/** The models that the server offers, its default first. @throws not_found, unavailable */
export async function listModels(): Promise<ListedModel[]> {
  const url = atServer('models');
  return modelsSchema.parse(parseJson(await download(url), url.href)).models;
}

export function modelFolder(name: string): URL {
  return atServer(`models/${encodeURIComponent(name)}/`);
}

async function toPng(input: Tensor): Promise<Blob> {
  const image = tensorToImageData(input);
  const canvas = new OffscreenCanvas(image.width, image.height);
  canvas.getContext('2d')?.putImageData(image, 0, 0);
  return canvas.convertToBlob({ type: 'image/png' });
}

/** A row of a table by the names of its features. @param row `[F]` */
function toJson({ features }: TabularInput, row: Float32Array): Blob {
  const named = Object.fromEntries(features.map(({ name }, f) => [name, row[f]]));
  return new Blob([JSON.stringify({ instances: [{ features: named }] })], { type: 'application/json' });
}

const bodyOf = (description: Manifest['input'], input: Tensor): Blob | Promise<Blob> =>
  description.kind === 'image' ? toPng(input) : toJson(description, input.data);

const numbersOf = (parts: readonly (readonly number[] | readonly (readonly number[])[] | undefined)[]): number[] =>
  parts.flatMap((part) => (part ?? []).flat());

export interface ServerComparison {
  readonly executionProvider: string;
  readonly label: string;
  readonly maxAbsoluteDifference: number;
  /** How many numbers were compared. */
  readonly count: number;
}

/**
 * Posts the input, an image as a PNG and a row of a table as JSON, to the server's `/predict` and compares every number
 * of the explanation.
 * @param input `[1, …]` in the model's units; of an image multiples of 1 / 255
 * @throws unavailable
 */
export async function compareWithServer(
  { name: model, input: description, concepts }: Manifest,
  input: Tensor,
  prediction: Prediction,
): Promise<ServerComparison> {
  const url = atServer('predict');
  const explain = concepts.length === 0 ? 'none' : 'concepts,relevances,contributions'; // of a black box there are none
  url.search = new URLSearchParams({ model, invert: 'false', explain }).toString();
  const response = await fetch(url, { method: 'POST', body: await bodyOf(description, input) });
  const body: unknown = await response.json().catch(() => undefined);
  if (!response.ok || body === undefined) {
    const { data } = errorResponseSchema.safeParse(body);
    throw new SennError('unavailable', data?.error.message ?? `the server answered ${response.status} without JSON`);
  }
  const { executionProvider, predictions } = predictResponseSchema.parse(body);
  const [theirs] = predictions;
  if (theirs === undefined) throw new SennError('unavailable', 'the server answered without a prediction');

  const parts = ['logits', 'probabilities', 'concepts', 'relevances', 'contributions'] as const;
  const ours = numbersOf(parts.map((part) => prediction[part]));
  const others = numbersOf(parts.map((part) => theirs[part]));
  if (ours.length !== others.length) {
    throw new SennError('shape_mismatch', `the server answered ${others.length} numbers; this page has ${ours.length}`);
  }
  const differences = ours.map((value, i) => Math.abs(value - (others[i] as number)));
  return {
    executionProvider,
    label: theirs.label,
    maxAbsoluteDifference: Math.max(...differences),
    count: ours.length,
  };
}

/** The server's figure of an input, as a file. @param input `[1, …]` in the model's units @throws unavailable */
export async function figureFromServer(
  { name: model, input: description }: Manifest,
  input: Tensor,
  type: 'image/svg+xml' | 'image/png',
): Promise<Blob> {
  const url = atServer('predict');
  url.search = new URLSearchParams({ model, invert: 'false' }).toString();
  const body = await bodyOf(description, input);
  const response = await fetch(url, { method: 'POST', body, headers: { Accept: type } });
  if (response.ok) return response.blob();
  throw new SennError('unavailable', `the server drew no figure: it answered ${response.status}`);
}
