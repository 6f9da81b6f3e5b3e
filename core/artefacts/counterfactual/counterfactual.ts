import { z } from 'zod';
import type { Manifest } from '../../manifest.ts';
import type { Tensor } from '../../tensor.ts';
import type { AnswerContext, Artefact, ComputeContext } from '../artefact.ts';
import { argmax, type Explanation } from '../explanation.ts';
import { needsDecoder, needsFile } from '../needs.ts';
import { movesBetween } from './local-model.ts';
import { nearestFor } from './nearest-input.ts';
import { type Found, MARGIN, readingsOf, searchFor } from './search.ts';

/**
 * The artefact `counterfactual`: the smallest change of the concepts that makes the prediction the class `contrast`
 * (Wachter et al. 2018, "Counterfactual Explanations without Opening the Black Box", in the space of the concepts). Where
 * the model has a decoder, the changed concepts are decoded, and the model must take what it sees for the class.
 */

/** What would make an input of another class. */
export interface Counterfactual extends Found {
  /** Of the class that is asked for. */
  readonly index: number;
  /** Indices of the concepts that moved noticeably, those that moved most first. */
  readonly changed: number[];
  /** Euclidean, in units of the concepts' deviations over the training set; 0 for the class that is predicted already. */
  readonly distance: number;
}

/** A concept that moves by less than this share of the one that moves most is not told of. */
const NOTICEABLE = 0.25;

const pngDataUri = z.string().startsWith('data:image/png;base64,');

const fields = {
  counterfactual: z
    .strictObject({
      label: z.string(),
      index: z.int().nonnegative(),
      /** Of that class, as the model reads `image`, or `features`, again. */
      probability: z.number(),
      /** `[K]` */
      concepts: z.array(z.number()),
      /** The concepts that moved noticeably, those that moved most first. */
      changed: z.array(z.int().nonnegative()),
      /** In units of the concepts' deviations. */
      distance: z.number(),
      /** Logits by which the class leads all others at `concepts`. */
      margin: z.number(),
      /** Whether the model, reading it again, predicts that class. */
      verified: z.boolean(),
      /** Of a model of images: what the model makes of these concepts, or the nearest training input. */
      image: pngDataUri.optional(),
      /** Of a model of tables, `[F]`. */
      features: z.array(z.number()).optional(),
    })
    .optional(),
};

/** What an input looks like in an answer. */
export const inputAnswer = {
  image: (image, { encodeImage }) => ({ image: encodeImage(image) }),
  tabular: (row) => ({ features: Array.from(row.data) }),
} satisfies Record<
  Manifest['input']['kind'],
  (input: Tensor, context: AnswerContext) => { readonly image?: string; readonly features?: number[] }
>;

function counterfactualOf(
  manifest: Manifest,
  { concepts, logits }: Explanation,
  found: Found,
  index: number,
): Counterfactual {
  const isThere = argmax(logits) === index;
  const moves = movesBetween(manifest, concepts, found.concepts).map((move) => (isThere ? 0 : Math.abs(move)));
  const most = Math.max(...moves);
  const changed = [...moves.keys()]
    .filter((k) => (moves[k] as number) > NOTICEABLE * most)
    .sort((a, b) => (moves[b] as number) - (moves[a] as number) || a - b);
  return { ...found, index, changed, distance: Math.hypot(...moves) };
}

/** Of each input what would make it of class `contrast`. @throws invalid_request without a decoder and training inputs */
async function compute(
  context: ComputeContext,
  explanations: readonly Explanation[],
): Promise<(Counterfactual | undefined)[]> {
  const { manifest, options } = context;
  const t = manifest.classes.indexOf(options.contrast ?? '');
  if (t < 0) return explanations.map(() => undefined);
  const find = needsDecoder.isPossible(manifest) ? searchFor : nearestFor;
  const found = await find(context, explanations, t);
  return explanations.map((explanation, n) => counterfactualOf(manifest, explanation, found[n] as Found, t));
}

export const counterfactual: Artefact<typeof fields, Counterfactual | undefined> = {
  description:
    'the smallest change of the concepts that makes the prediction the class `contrast`, decoded and read again; without a decoder the nearest training input of that class',
  byDefault: false,
  needs: 'a decoder, or a file of its prototypes',
  isPossible: (model) => needsDecoder.isPossible(model) || needsFile('prototypes').isPossible(model),
  requires: ['contrast'],
  fields,
  write(answer, _explanation, found, context) {
    if (found === undefined) return;
    const { index, probability, concepts, changed, distance, margin, verified, decoded } = found;
    answer.counterfactual = {
      label: context.manifest.classes[index] as string,
      index,
      probability,
      concepts: [...concepts],
      changed,
      distance,
      margin,
      verified,
      ...inputAnswer[context.manifest.input.kind](decoded, context),
    };
  },
  computed: {
    none: undefined,
    reads: ['contrast'],
    // each try decodes once, and reads again, which costs about as much
    decodes: (manifest) => (needsDecoder.isPossible(manifest) ? (1 + readingsOf(manifest)) * MARGIN.tries : 0),
    compute,
  },
};
