import { z } from 'zod';
import { artefactFields } from './artefacts/index.ts';
import { TRAVERSAL_STEPS } from './artefacts/traversals.ts';
import { explainNames } from './attributions/answers/names.ts';
import { attributionAnswersSchema } from './attributions/answers/schema.ts';
import { isBase64 } from './text/base64.ts';
import { told } from './text/told.ts';

/** The HTTP interface as schemas: what `/predict` takes and what it answers. K concepts, C classes, S steps, F features. */

/** Characters of a list of artefacts. */
const MOST_EXPLAIN = 1024;

export const explainParameter = z
  .string()
  .max(MOST_EXPLAIN, { error: `must be at most ${MOST_EXPLAIN} characters`, abort: true })
  .transform((text) => (text.trim() === 'none' ? [] : text.split(',').map((part) => part.trim())))
  .pipe(z.array(z.enum(explainNames, `must be "none" or a comma list of ${explainNames.join(', ')}`)));

/** A whole number in a query string; `Number('')` is 0, so the text is checked first. */
const wholeParameter = (least: number, most: number) => {
  const rule = {
    error: ({ input }: { readonly input?: unknown }) => `must be a whole number from ${least} to ${most}, got ${input}`,
  };
  return z
    .string()
    .regex(/^-?\d+$/, rule)
    .transform(Number)
    .pipe(z.number().min(least, rule).max(most, rule));
};

/** Rows that an attribution may ask a model, whoever answers; a server has a lower limit of its own. */
export const MOST_QUERIES = 1_000_000;
export const MOST_SEED = 2 ** 31 - 1;

/** Query parameters of `POST /predict`. */
export const predictQuerySchema = z.strictObject({
  /** Model name; when absent, the default model or the first one that takes what is sent. */
  model: z.string().min(1).optional(),
  /** Version of the model that is named; when absent, the latest. */
  version: z.string().min(1).optional(),
  /** Artefacts and attributions by name; when absent, what the model shows by default. */
  explain: explainParameter.optional(),
  /** Rows that an attribution asks the model about one input, at most; when absent, as many as each documents. */
  queries: wholeParameter(1, MOST_QUERIES).optional(),
  /** Of what attributions draw. */
  seed: wholeParameter(0, MOST_SEED).default(0),
  steps: wholeParameter(1, TRAVERSAL_STEPS.max).default(TRAVERSAL_STEPS.default),
  /** A class label to contrast the prediction with. */
  contrast: z.string().min(1).optional(),
  /** One PNG contact sheet an image instead of S × K small ones; nothing changes for a table. */
  sheet: z
    .enum(['0', '1'])
    .transform((text) => text === '1')
    .default(false),
  /** Whether to swap dark and light before predicting; `auto` looks at the image's border. */
  invert: z.enum(['auto', 'true', 'false']).default('auto'),
});
export type PredictQuery = z.infer<typeof predictQuerySchema>;

const finite = z.number({
  error: ({ input }) => `must be ${typeof input === 'number' ? 'a finite number' : 'a number'}, got ${told(input)}`,
});

/** One row of a table: a number for each feature by its name, in the feature's own unit. */
export const featuresSchema = z.record(z.string(), finite, {
  error: ({ input }) => `must be { "<name>": <number> }, got ${told(input)}`,
});

/** Concepts that are set: a number for each, by its name or index. */
const conceptsSchema = z.record(z.string(), finite, {
  error: ({ input }) => `must be { "<concept>": <number> }, got ${told(input)}`,
});

/** Rows of a table, as `senn explain` reads them from a file. */
export const tableRowsSchema = z.array(z.strictObject({ features: featuresSchema })).min(1);

const BASE64_RULE = 'must be base64, without a data: prefix';

/** A file as base64, with or without line breaks. */
export const base64Schema = z.string(BASE64_RULE).refine(isBase64, BASE64_RULE).meta({ contentEncoding: 'base64' });

/** The JSON body of `POST /predict`. What is absent may be null too: many clients write every field. */
export const predictBodySchema = z.strictObject({
  instances: z
    .array(
      z
        .strictObject({
          image: base64Schema.nullish(),
          features: featuresSchema.nullish(),
          /** Concepts to set, by their names or indices: what would the model say? */
          concepts: conceptsSchema.nullish(),
        })
        .refine(
          ({ image, features }) => (image == null) !== (features == null),
          'must be { "image": "<base64>" } or { "features": { "<name>": <number> } }',
        ),
    )
    .min(1),
});

export const predictionSchema = z.strictObject({
  label: z.string(),
  index: z.int().nonnegative(),
  probability: z.number(),
  probabilities: z.array(z.number()),
  logits: z.array(z.number()),
  /** One key an artefact, as far as they are asked for. */
  ...artefactFields,
  /** One key an attribution, as far as they are asked for. */
  attributions: attributionAnswersSchema.optional(),
  /** Why this class and not that one: `[K]` differences of contributions, which sum to the difference of the logits. */
  contrast: z
    .strictObject({
      label: z.string(),
      index: z.int(),
      contributions: z.array(z.number()),
      /** The concepts that decide: the fewest without which the predicted class would be ahead no longer, largest first. */
      deciding: z.array(z.int().nonnegative()),
    })
    .optional(),
  /** Where concepts were set and the model has a decoder: what they look like, of a model of images. */
  image: z.string().startsWith('data:image/png;base64,').optional(),
  /** The same of a model of tables, `[F]`. */
  features: z.array(z.number()).optional(),
  /** What the model says of that when it reads it again. */
  reread: z
    .strictObject({
      label: z.string(),
      index: z.int().nonnegative(),
      probability: z.number(),
      concepts: z.array(z.number()),
    })
    .optional(),
  /** Features outside the range that the model was trained on; absent where there is none. */
  warnings: z
    .array(
      z.strictObject({
        code: z.literal('out_of_range'),
        feature: z.string(),
        value: z.number(),
        range: z.tuple([z.number(), z.number()]),
      }),
    )
    .optional(),
});

export const predictResponseSchema = z.strictObject({
  model: z.string(),
  version: z.string(),
  executionProvider: z.string(),
  predictions: z.array(predictionSchema),
});
export type PredictResponse = z.infer<typeof predictResponseSchema>;

export const errorResponseSchema = z.strictObject({
  error: z.strictObject({ code: z.string(), message: z.string(), details: z.record(z.string(), z.unknown()) }),
});
export type ErrorResponse = z.infer<typeof errorResponseSchema>;
