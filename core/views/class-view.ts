import { z } from 'zod';
import type { Statics } from '../artefacts/artefact.ts';
import { prototypesAtEnd } from '../artefacts/prototypes.ts';
import { SennError, shortened } from '../errors.ts';
import type { ClassProfile, Manifest } from '../manifest.ts';
import { batchSize, imageAt, rowOf, type Tensor } from '../tensor.ts';

/**
 * A class as the model sees it: which concepts make it, how much each of them weighs, and what they look like. Not about
 * one input: it is what the training inputs of the class have in common (profiles.ts).
 */

/** A concept's part in a class. */
export interface ClassConcept {
  /** Index of the concept. */
  readonly concept: number;
  readonly name: string;
  /** Mean and deviation of its activation over the training inputs of the class, in concept units. */
  readonly mean: number;
  readonly deviation: number;
  /** Mean contribution to the class, in logits. */
  readonly contribution: number;
  /** Its part of all that the concepts contribute, for and against: shares sum to 1. */
  readonly share: number;
  /** Share of the inputs in which no concept contributes more. */
  readonly decides: number;
  /** The end of the concept at which the class lies. */
  readonly end: 'high' | 'low';
}

export interface ClassView {
  readonly label: string;
  readonly index: number;
  /** Training inputs of the class. */
  readonly count: number;
  /** Those that weigh most first. */
  readonly concepts: readonly ClassConcept[];
}

type Described = Pick<Manifest, 'name' | 'classes' | 'concepts' | 'profiles'>;

/** The class of that label, else of that index. @throws not_found where the model has none, or keeps no profiles */
export function classView(manifest: Described, asked: string): ClassView {
  const { name, classes, concepts, profiles } = manifest;
  const labelled = classes.indexOf(asked);
  const index = labelled < 0 && /^\d{1,6}$/.test(asked) ? Number(asked) : labelled;
  const label = classes[index];
  if (label === undefined) {
    const told = shortened(asked, 40);
    throw new SennError('not_found', `model "${name}" has no class "${told}"; choose ${classes.join(', ')}`, {
      class: told,
      choices: classes,
    });
  }
  if (profiles === undefined) {
    const why =
      concepts.length === 0 ? 'since a black box has no concepts' : 'which came later; train and export it again';
    throw new SennError('not_found', `model "${name}" keeps no profiles of its classes, ${why}`, { model: name });
  }
  const profile = profiles[index] as ClassProfile;
  const total = profile.concepts.reduce((sum, { magnitude }) => sum + magnitude, 0);
  const parts = profile.concepts.map(
    ({ mean, deviation, contribution, magnitude, decides }, k): ClassConcept => ({
      concept: k,
      name: concepts[k]?.name as string,
      mean,
      deviation,
      contribution,
      share: total === 0 ? 0 : magnitude / total,
      decides,
      end: mean >= (concepts[k]?.mean ?? concepts[k]?.quantiles.q50 ?? 0) ? 'high' : 'low',
    }),
  );
  return {
    label,
    index,
    count: profile.count,
    concepts: parts.sort((a, b) => b.share - a.share || a.concept - b.concept),
  };
}

/** The training inputs at the end of the concept that speaks for the class: `[P, …]`; none where none are at hand. */
export function speakingPrototypes(
  { concept, end }: ClassConcept,
  manifest: Pick<Manifest, 'concepts'>,
  statics: Statics,
): Tensor | undefined {
  const own = prototypesAtEnd(statics, manifest, concept, end);
  return own === undefined || batchSize(own) === 0 ? undefined : own;
}

/** `GET /models/{name}/classes/{class}` */
export const classResponseSchema = z.strictObject({
  model: z.string(),
  version: z.string(),
  label: z.string(),
  index: z.int().nonnegative(),
  count: z.int().nonnegative(),
  concepts: z.array(
    z.strictObject({
      concept: z.int().nonnegative(),
      name: z.string(),
      mean: z.number(),
      deviation: z.number(),
      contribution: z.number(),
      share: z.number(),
      decides: z.number(),
      end: z.enum(['high', 'low']),
      /** Training inputs at that end, of a model of images, as far as the model's folder has them. */
      images: z.array(z.string().startsWith('data:image/png;base64,')).optional(),
      /** The same of a model of tables, `[P][F]`. */
      features: z.array(z.array(z.number())).optional(),
    }),
  ),
});
export type ClassResponse = z.infer<typeof classResponseSchema>;

const shown = {
  image: (own, encode) => ({ images: [...Array(batchSize(own)).keys()].map((p) => encode(imageAt(own, p))) }),
  tabular: (own) => ({ features: [...Array(batchSize(own)).keys()].map((p) => Array.from(rowOf(own, p))) }),
} satisfies Record<
  Manifest['input']['kind'],
  (own: Tensor, encode: (image: Tensor) => string) => { readonly images?: string[]; readonly features?: number[][] }
>;

/** The class with its prototypes, ready for JSON. @param encode images as `data:` URIs */
export function classAnswer(
  manifest: Manifest,
  view: ClassView,
  statics: Statics,
  encode: (image: Tensor) => string,
): ClassResponse {
  return {
    model: manifest.name,
    version: manifest.version,
    ...view,
    concepts: view.concepts.map((part) => {
      const own = speakingPrototypes(part, manifest, statics);
      return { ...part, ...(own && shown[manifest.input.kind](own, encode)) };
    }),
  };
}
