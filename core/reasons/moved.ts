import { type Change, changeBetween } from '../images/regions/change.ts';
import type { Manifest } from '../manifest.ts';
import type { Prediction, Predictor } from '../predictor.ts';
import type { Tensor } from '../tensor.ts';
import { percent } from '../text/format.ts';

/** Concepts of an input as somebody sets them: what the model says then, and of the picture that they make. */

export interface Moved {
  /** By the concepts as they are set, without artefacts. */
  readonly prediction: Prediction;
  /** `[…]`, the concepts decoded, in the units of `input`; nothing of a model without a decoder. */
  readonly decoded?: Tensor;
  /** Of a model of images that decodes them. */
  readonly picture?: MovedPicture;
}

export interface MovedPicture {
  /** `[…]`, the input's own concepts, decoded, and those that are set, in the units of `input`. */
  readonly own: Tensor;
  readonly decoded: Tensor;
  /** What changes in between, in the input. */
  readonly change: Change;
  /** What the model says of `decoded` when it reads it. */
  readonly index: number;
  readonly probability: number;
}

export type Explained = Pick<Prediction, 'concepts' | 'relevances'>;

/** h and θ of one input, `count` times. */
export function repeated({ concepts, relevances }: Explained, count: number) {
  const times = (row: readonly number[], shape: readonly number[]): Tensor => ({
    shape: [count, ...shape],
    data: Float32Array.from({ length: count * row.length }, (_, i) => row[i % row.length] as number),
  });
  return {
    concepts: times(concepts, [concepts.length]),
    relevances: times(relevances.flat(), [concepts.length, relevances[0]?.length ?? 0]),
  };
}

/** All concepts set, as `intervene` takes it. @param values `[K]` */
export const allSet = (values: readonly number[]) => values.map((value, concept) => ({ concept, value }));

/**
 * @param explained what was predicted for the input as it is
 * @param input `[…]`, that input @param values `[K]`, its concepts as they are set
 * @throws inference_failed
 */
export async function movedTo(
  { intervene, complete, manifest }: Pick<Predictor, 'intervene' | 'complete' | 'manifest'>,
  explained: Explained,
  input: Tensor,
  values: readonly number[],
): Promise<Moved> {
  const { forward, outcomes } = await intervene(repeated(explained, 2), [explained.concepts, values].map(allSet));
  const [, prediction] = (await complete(forward, { explain: [] })) as [Prediction, Prediction];
  const [own, set] = outcomes;
  if (own === undefined || set === undefined) return { prediction };
  const { decoded, reread } = set;
  if (manifest.input.kind !== 'image') return { prediction, decoded };
  const change = changeBetween(input, own.decoded, decoded);
  const { index, probability } = reread;
  return { prediction, decoded, picture: { own: own.decoded, decoded, change, index, probability } };
}

/** What the model says of the picture when it reads it again. */
export const rereadWords = (
  { classes }: Pick<Manifest, 'classes'>,
  { index, probability }: Pick<MovedPicture, 'index' | 'probability'>,
): string => `read again: “${classes[index]}” ${percent(probability)}`;
