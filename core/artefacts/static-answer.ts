import { z } from 'zod';
import type { Manifest } from '../manifest.ts';
import { batchSize, imageAt, rowOf, type Tensor } from '../tensor.ts';
import type { AnswerContext, StaticFile } from './artefact.ts';
import { staticOf } from './static-content.ts';

/** How `/predict` answers a static artefact: what the file holds of each concept, the same for every input. */

export const staticAnswer = z
  .array(
    z.strictObject({
      concept: z.int().nonnegative(),
      /** Of a model of images, `[P]`: PNG files as `data:` URIs. */
      images: z.array(z.string().startsWith('data:image/png;base64,')).optional(),
      /** Of a model of tables, `[P][F]`: rows in the manifest's order and units. */
      features: z.array(z.array(z.number())).optional(),
    }),
  )
  .optional();
type StaticAnswer = NonNullable<z.infer<typeof staticAnswer>>;

const indices = (count: number): number[] => Array.from({ length: count }, (_, i) => i);

const contents = {
  image: (own, { encodeImage }) => ({ images: indices(batchSize(own)).map((p) => encodeImage(imageAt(own, p))) }),
  tabular: (own) => ({ features: indices(batchSize(own)).map((p) => Array.from(rowOf(own, p))) }),
} satisfies Record<Manifest['input']['kind'], (own: Tensor, context: AnswerContext) => Partial<StaticAnswer[number]>>;

/** @returns empty where the content is not at hand */
export function staticAnswerOf(artefact: string, { counts }: StaticFile, context: AnswerContext): StaticAnswer {
  const { manifest, statics } = context;
  const content = statics[artefact];
  if (content === undefined) return [];
  const of = counts(manifest);
  return of.map((_, k) => ({
    concept: k,
    ...contents[manifest.input.kind](staticOf(content, of, k), context),
  }));
}
