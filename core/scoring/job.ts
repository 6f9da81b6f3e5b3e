import { z } from 'zod';
import { attributionNames } from '../attributions/index.ts';
import { metricNames } from '../metrics/index.ts';

/**
 * A scoring job: everything that its figures depend on, as data. Whoever runs the same job gets the same bytes, in one
 * process or in many: inputs are scored in batches of a size that the job says, each batch in one thread, and what is
 * random is drawn from the seed, the metric or attribution, and the place of the input in its set.
 */

const digest = z.string().regex(/^[0-9a-f]{64}$/, 'must be 64 hexadecimal digits');

export const jobSchema = z.strictObject({
  /** The first is the one that the others are compared with. */
  models: z
    .array(z.strictObject({ name: z.string(), version: z.string(), digest }))
    .min(1)
    .max(32),
  data: z.strictObject({
    /** As `--data` named it. */
    name: z.string(),
    /** Inputs that there are to score, those that turn out unusable among them. */
    count: z.int().positive(),
    /** Inputs of the whole set, where these are a sample of it that the seed draws (sample.ts). */
    of: z.int().positive().exactOptional(),
    digest,
  }),
  metrics: z.array(z.enum(metricNames as [(typeof metricNames)[number]])),
  attributions: z.array(z.enum(attributionNames as [(typeof attributionNames)[number]])),
  /** Rows that an attribution may ask the model about one input, at most; where absent, as many as each documents. */
  queries: z.int().positive().optional(),
  seed: z.int().nonnegative(),
  /** Inputs that go through a graph together. */
  batch: z.int().positive().max(65_536),
});
export type Job = z.infer<typeof jobSchema>;

/** What of a job its batches depend on, beside their inputs. */
export type AskedOfBatch = Pick<Job, 'metrics' | 'attributions' | 'queries' | 'seed'>;

/** Inputs `[start, end)` of a set. */
export interface Range {
  readonly start: number;
  readonly end: number;
}

/** How many batches the inputs of a job make. */
export const batchCount = ({ data, batch }: Pick<Job, 'data' | 'batch'>): number => Math.ceil(data.count / batch);

/** The inputs of one batch. @param index from 0 on */
export function batchRange({ data, batch }: Pick<Job, 'data' | 'batch'>, index: number): Range {
  return { start: index * batch, end: Math.min(data.count, (index + 1) * batch) };
}
