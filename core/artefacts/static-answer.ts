import { z } from 'zod';
import type { Manifest } from '../manifest.ts';
import { batchSize, imageAt, rowOf, type Tensor } from '../tensor.ts';
import type { AnswerContext, StaticFile } from './artefact.ts';
import { staticOf } from './static-content.ts';

/** How `/predict` answers a static artefact: what the file holds of each concept, the same for every input. */

/** Inputs as an answer holds them. */
export const contentAnswer = {
  /** Of a model of images, `[P]`: PNG files as `data:` URIs. */
  images: z.array(z.string().startsWith('data:image/png;base64,')).optional(),
  /** Of a model of tables, `[P][F]`: rows in the manifest's order and units. */
  features: z.array(z.array(z.number())).optional(),
};

/** Some of the inputs of a content, in their order. */
export const chosenOf = <Content extends Partial<Pick<StaticAnswer[number], 'images' | 'features'>>>(
  { images, features }: Content,
  isChosen: (input: number) => boolean,
) => ({
  ...(images && { images: images.filter((_, i) => isChosen(i)) }),
  ...(features && { features: features.filter((_, i) => isChosen(i)) }),
});

export const staticAnswer = z.array(z.strictObject({ concept: z.int().nonnegative(), ...contentAnswer })).optional();
type StaticAnswer = NonNullable<z.infer<typeof staticAnswer>>;

const indices = (count: number): number[] => Array.from({ length: count }, (_, i) => i);

const contents = {
  image: (own, { encodeImage }) => ({ images: indices(batchSize(own)).map((p) => encodeImage(imageAt(own, p))) }),
  tabular: (own) => ({ features: indices(batchSize(own)).map((p) => Array.from(rowOf(own, p))) }),
} satisfies Record<Manifest['input']['kind'], (own: Tensor, context: AnswerContext) => Partial<StaticAnswer[number]>>;

/** What the content holds of concept k; `undefined` where the content is not at hand. */
export function staticAnswerOfConcept(
  artefact: string,
  { counts }: StaticFile,
  context: AnswerContext,
  k: number,
): StaticAnswer[number] | undefined {
  const { manifest, statics } = context;
  const content = statics[artefact];
  if (content === undefined) return undefined;
  return { concept: k, ...contents[manifest.input.kind](staticOf(content, counts(manifest), k), context) };
}

/** @returns empty where the content is not at hand */
export function staticAnswerOf(artefact: string, file: StaticFile, context: AnswerContext): StaticAnswer {
  return context.manifest.concepts.flatMap((_, k) => staticAnswerOfConcept(artefact, file, context, k) ?? []);
}
