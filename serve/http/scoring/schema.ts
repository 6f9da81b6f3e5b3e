import { z } from 'zod';
import { base64Schema, featuresSchema } from '../../../core/api.ts';
import { jobFailureSchema, jobStates } from '../../jobs/queue.ts';
import { askedSchema } from '../../jobs/score/payload.ts';

/** What `/score` and `/jobs` take and answer. */

/** A whole number in the text of a query. */
const whole = (least: number, most: number) => {
  const error = `must be a whole number from ${least} to ${most}`;
  return z
    .string()
    .regex(/^\d{1,9}$/, { error })
    .transform(Number)
    .pipe(z.int({ error }).min(least, { error }).max(most, { error }));
};

const { metrics, attributions } = askedSchema.shape;

/** The query of `POST /score` and `POST /jobs`: the options of `senn score`. */
export const scoreQuerySchema = z.strictObject({
  model: z.string().min(1).optional(),
  version: z.string().min(1).optional(),
  /** A set that the operator has named, in the place of a body. */
  set: z.string().min(1).optional(),
  metrics,
  attributions,
  queries: whole(1, 1_000_000).exactOptional(),
  seed: whole(0, 999_999_999).exactOptional(),
  limit: whole(1, 999_999_999).exactOptional(),
  batch: whole(1, 65_536).exactOptional(),
});

/** A class by its name. */
const labelSchema = z.string().max(1000).nullable();

/** The field `labels` of a form, once it is read as JSON. */
export const labelsSchema = z.array(labelSchema);

/** The JSON body of both. */
export const scoreBodySchema = z.strictObject({
  instances: z
    .array(
      z
        .strictObject({
          image: base64Schema.nullish(),
          features: featuresSchema.nullish(),
          /** The class it is of, by its name. */
          label: labelSchema.optional(),
        })
        .refine(
          ({ image, features }) => (image == null) !== (features == null),
          'must be { "image": "<base64>" } or { "features": { "<name>": <number> } }, and perhaps a label',
        ),
    )
    .min(1),
});

/** Jobs of a page of `GET /jobs`, at most. */
export const MOST_LISTED = 200;

export const jobsQuerySchema = z.strictObject({
  limit: whole(1, MOST_LISTED).default(50),
  /** The last job of the page before. */
  after: z.string().max(100).optional(),
  state: z.enum(jobStates).optional(),
});

/** A job as a client sees it. */
export const jobSchema = z.strictObject({
  id: z.string(),
  state: z.enum(jobStates),
  model: z.string(),
  version: z.string(),
  createdAt: z.iso.datetime(),
  startedAt: z.iso.datetime().optional(),
  endedAt: z.iso.datetime().optional(),
  /** `done` of `total` of a stage: `inputs`, or a metric of the whole set. */
  progress: z.strictObject({ stage: z.string().optional(), done: z.int(), total: z.int() }).optional(),
  /** Of a failed job. */
  failure: jobFailureSchema.optional(),
  /** Paths on this server. */
  links: z.strictObject({ self: z.string(), events: z.string(), report: z.string() }),
});
export type JobView = z.output<typeof jobSchema>;

export const jobsSchema = z.strictObject({
  jobs: z.array(jobSchema),
  /** The path of the next page, where there is one. */
  next: z.string().optional(),
});
