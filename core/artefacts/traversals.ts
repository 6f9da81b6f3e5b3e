import { z } from 'zod';
import { contactSheet } from '../images/sheet.ts';
import { inputShape, type Manifest } from '../manifest.ts';
import { batchSize, concatRows, imageAt, rowOf, sizeOf, type Tensor, takeRows } from '../tensor.ts';
import type { AnswerContext, Artefact, ComputeContext } from './artefact.ts';
import type { Explanation } from './explanation.ts';
import { needsDecoder } from './needs.ts';

/** Traversals: what the decoder makes of an input when one concept moves around the input's own activation. */

/** Steps of a traversal when nobody asks for another number, and the most one may ask for. */
export const TRAVERSAL_STEPS = { default: 7, max: 25 } as const;

/**
 * How far concept k moves to either side of the input's own activation: half the span between the
 * 5 % and the 95 % quantile of its activation over the training set. In concept units; 0 for a concept that is
 * constant, whose traversal stays where it is.
 */
export function traversalRadius({ q05, q95 }: Manifest['concepts'][number]['quantiles']): number {
  return (q95 - q05) / 2;
}

/**
 * `steps` evenly spaced values over `[centre − radius, centre + radius]`; the centre alone for one step. The middle one
 * of an odd number is the centre itself, to the last bit.
 */
export function traversalValues(centre: number, radius: number, steps: number): number[] {
  if (steps === 1) return [centre];
  return Array.from({ length: steps }, (_, s) => centre + radius * ((2 * s) / (steps - 1) - 1));
}

/** What to decode for a traversal, without decoding anything twice. */
export interface TraversalPlan {
  /** `[R, K]`: the input's own concepts, then one row for each step that moves a concept. */
  readonly concepts: Tensor;
  /** `[K][S]`: the row of each step. Where concept k takes its own activation, that is row 0. */
  readonly rows: number[][];
}

/**
 * The concept vectors to decode: concept k takes each of `values[k]` while all others stay.
 * @param concepts `[K]`, the input's own activations
 * @param values `[K][S]`
 */
export function traversalPlan(concepts: ArrayLike<number>, values: readonly (readonly number[])[]): TraversalPlan {
  const K = concepts.length;
  let R = 1;
  const rows = values.map((steps, k) => steps.map((value) => (value === concepts[k] ? 0 : R++)));
  const data = new Float32Array(R * K);
  for (let r = 0; r < R; r++) data.set(concepts, r * K);
  rows.forEach((steps, k) => {
    steps.forEach((row, s) => {
      data[row * K + k] = values[k]?.[s] as number;
    });
  });
  return { concepts: { shape: [R, K], data }, rows };
}

/** One concept moved around the input's own activation, and what the decoder makes of it. */
export interface Traversal {
  /** Index k of the concept that moves. */
  readonly concept: number;
  /** `[S]`, the activations it takes; all the same for a constant concept. */
  readonly values: number[];
  /** `[S, …]`, the decoded inputs, in the units of `input`. */
  readonly decoded: Tensor;
}

/** Values that one run of the decoder gives at most, unless a single input's traversals are more: 8 MiB. */
const DECODED_AT_ONCE = 2 ** 21;

/** The traversals of every input, decoded together as far as memory allows. @returns `[N][K]` */
async function traverse(
  { manifest, options: { steps }, decode }: ComputeContext,
  explanations: readonly Explanation[],
): Promise<Traversal[][]> {
  const atOnce = Math.max(
    1,
    Math.floor(DECODED_AT_ONCE / (manifest.concepts.length * steps * sizeOf(inputShape(manifest)))),
  );
  const traversals: Traversal[][] = [];
  for (let first = 0; first < explanations.length; first += atOnce) {
    const planned = explanations.slice(first, first + atOnce).map(({ concepts }) => {
      const values = valuesOf(manifest, concepts, steps);
      return { values, plan: traversalPlan(concepts, values) };
    });
    const decoded = await decode(concatRows(planned.map(({ plan }) => plan.concepts)));
    let row = 0;
    for (const { values, plan } of planned) {
      const own = row;
      row += batchSize(plan.concepts);
      traversals.push(
        values.map((taken, k) => ({
          concept: k,
          values: taken,
          decoded: takeRows(
            decoded,
            (plan.rows[k] as number[]).map((step) => own + step),
          ),
        })),
      );
    }
  }
  return traversals;
}

/** What each concept takes in its traversal: `[K][S]`. */
function valuesOf({ concepts }: Manifest, activations: readonly number[], steps: number): number[][] {
  return concepts.map(({ quantiles }, k) =>
    traversalValues(activations[k] as number, traversalRadius(quantiles), steps),
  );
}

const pngDataUri = z.string().startsWith('data:image/png;base64,');

const fields = {
  traversals: z
    .array(
      z.strictObject({
        concept: z.int().nonnegative(),
        values: z.array(z.number()),
        /** Of a model of images, unless `sheet=1`: the decoded image of each step. */
        images: z.array(pngDataUri).optional(),
        /** Of a model of tables, `[S][F]`: the decoded features of each step, in the manifest's order and units. */
        features: z.array(z.array(z.number())).optional(),
      }),
    )
    .optional(),
  /** With `sheet=1`: one row a concept, one column a step. */
  sheet: pngDataUri.optional(),
};
type Answer = Partial<z.infer<z.ZodObject<typeof fields>>>;

/** Traversals with their images as small PNGs, or with all of them on one sheet. */
function imageAnswer(
  { concepts }: Explanation,
  traversals: readonly Traversal[],
  { options, encodeImage }: AnswerContext,
): Answer {
  if (options.sheet) {
    return {
      traversals: traversals.map(({ concept, values }) => ({ concept, values })),
      sheet: encodeImage(contactSheet(traversals.map(({ decoded }) => decoded))),
    };
  }
  // every traversal passes the input as it is: that image is encoded once
  let own: string | undefined;
  return {
    traversals: traversals.map(({ concept, values, decoded }) => ({
      concept,
      values,
      images: values.map((value, s) => {
        if (value !== concepts[concept]) return encodeImage(imageAt(decoded, s));
        own ??= encodeImage(imageAt(decoded, s));
        return own;
      }),
    })),
  };
}

/** Traversals with the decoded features of each step. */
function tableAnswer(_explanation: Explanation, traversals: readonly Traversal[]): Answer {
  return {
    traversals: traversals.map(({ concept, values, decoded }) => ({
      concept,
      values,
      features: values.map((_, s) => Array.from(rowOf(decoded, s))),
    })),
  };
}

const answers = { image: imageAnswer, tabular: tableAnswer } satisfies Record<
  Manifest['input']['kind'],
  (explanation: Explanation, traversals: readonly Traversal[], context: AnswerContext) => Answer
>;

export const traversals: Artefact<typeof fields, readonly Traversal[]> = {
  description: 'of each concept, the decoded inputs as it moves around its own activation while all others stay',
  byDefault: true,
  ...needsDecoder,
  fields,
  write(answer, explanation, value, context) {
    Object.assign(answer, answers[context.manifest.input.kind](explanation, value, context));
  },
  computed: {
    none: [],
    reads: ['steps'],
    decodes: ({ concepts }, { steps }) => concepts.length * steps,
    compute: traverse,
  },
};
