import { z } from 'zod';
import { type BaselineKind, baselineKinds } from '../shared/baseline.ts';
import { askedAttributions } from './names.ts';

/** What an answer says of an attribution. F features, C channels, H × W pixels. */

const baselineNames = Object.keys(baselineKinds) as [BaselineKind, ...BaselineKind[]];

export const attributionAnswerSchema = z.strictObject({
  /** The class that is explained, which is the predicted one. */
  class: z.strictObject({ label: z.string(), index: z.int().nonnegative() }),
  /** Which number of the class the values are shares of. */
  explains: z.enum(['logit', 'probability']),
  /** `[F]` of a table, `[H, W]` of an image, all channels of a pixel together */
  shape: z.array(z.int().positive()),
  /** Names of the features of a table, in the order of the values. */
  features: z.array(z.string()).optional(),
  /** In units of what is explained, flat in row-major order. What speaks for a region of an image is the sum over its pixels. */
  values: z.array(z.number()),
  /** What a feature that is taken away is set to: one number where it is the same for all, else `[F]`. */
  baseline: z.strictObject({
    kind: z.enum(baselineNames),
    is: z.string(),
    values: z.union([z.number(), z.array(z.number())]),
  }),
  /** Of an attribution that draws rows of a table: whether by the training set's quartiles, or by quarters of the range. */
  drawn: z.enum(['quartiles', 'ranges']).optional(),
  /** Rows that the model was asked about this input. */
  queries: z.int().nonnegative(),
  seed: z.int(),
});
export type AttributionAnswer = z.infer<typeof attributionAnswerSchema>;

/** The attributions of one input, by name. */
export const attributionAnswersSchema = z.strictObject(
  Object.fromEntries(askedAttributions.map((name) => [name, attributionAnswerSchema.optional()])),
);
export type AttributionAnswers = Readonly<Partial<Record<string, AttributionAnswer>>>;
