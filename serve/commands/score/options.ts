import { availableParallelism } from 'node:os';
import { extname } from 'node:path';
import { z } from 'zod';
import { parseAttributionList } from '../../../core/attributions/index.ts';
import { fromZodError } from '../../../core/errors.ts';
import { parseMetricList } from '../../../core/metrics/choose.ts';
import { perInputFormats } from './folder/per-input.ts';
import { parseQueueAddress } from './queue/address.ts';
import { parseModelsFrom } from './queue/models-from.ts';

/** The options of `senn score`, checked before anything is loaded. */

/** A whole number in the text of an option. @param low the lowest @param high the highest */
const wholeNumber = (low: 0 | 1, high = 999_999_999) => {
  const rule = low === 0 ? 'must be a whole number from 0 on' : 'must be a whole number above 0';
  return z
    .string()
    .regex(/^\d{1,9}$/, { error: ({ input }) => `${rule}, got "${input}"` })
    .transform(Number)
    .pipe(z.int().min(low, `${rule}, got "0"`).max(high, `must be at most ${high}`));
};

/** A file that is written in one format: under a name that says another, programs that open it fail. No ending says none. */
const fileEnding = (...endings: readonly string[]) =>
  z
    .string()
    .min(1)
    .refine((path) => ['', ...endings].includes(extname(path).toLowerCase()), {
      error: ({ input }) => `its ending "${extname(String(input))}" must be ${endings.join(' or ')}`,
    });

/** Models that are compared, at most. */
const MOST_MODELS = 32;

/** Batches that are out in a queue, where it is not said. */
const OUT_AT_A_TIME = 32;

/** What `senn score` takes, as commander hands it over. */
const optionsSchema = z
  .strictObject({
    model: z.array(z.string().min(1)).min(1).max(MOST_MODELS),
    data: z.string().min(1),
    metrics: z.string().default('paper').transform(parseMetricList),
    attributions: z.string().transform(parseAttributionList).default([]),
    queries: wholeNumber(1).optional(),
    limit: wholeNumber(1).optional(),
    first: wholeNumber(1).optional(),
    seed: wholeNumber(0).default(0),
    batch: wholeNumber(1, 65_536).optional(),
    threads: wholeNumber(1, 256).optional(),
    queue: z
      .string()
      .transform((text) => parseQueueAddress(text, process.env))
      .optional(),
    modelsFrom: z.string().transform(parseModelsFrom).optional(),
    /** A file where its ending is .json, else a folder. */
    out: fileEnding('.json'),
    perInput: fileEnding('.jsonl', '.ndjson').optional(),
    perInputFormat: z
      .enum(perInputFormats, { error: ({ input }) => `must be ${perInputFormats.join(', ')}, got "${input}"` })
      .optional(),
    resume: z.boolean().default(false),
    json: z.boolean().default(false),
    /** Inputs of a set at most: one of more is refused. */
    most: wholeNumber(1).optional(),
    /** The name of a job whose process this is: its progress goes to the process that started it, with which it ends. */
    job: z.string().min(1).optional(),
  })
  .refine(({ out, perInput }) => out !== perInput, {
    path: ['perInput'],
    error: '--per-input must be another file than --out',
  })
  .refine(({ limit, first }) => limit === undefined || first === undefined, {
    path: ['first'],
    error: 'is another choice than --limit; give one of them',
  })
  .refine(({ out, perInputFormat }) => perInputFormat === undefined || isFolder(out), {
    path: ['perInputFormat'],
    error: 'is of a report folder; give --out a name without an ending',
  })
  .refine(({ out, resume }) => !resume || isFolder(out), {
    path: ['resume'],
    error: 'needs a report folder, where what is done is kept; give --out a name without an ending',
  })
  .refine(({ queue, modelsFrom }) => queue !== undefined || modelsFrom === undefined, {
    path: ['modelsFrom'],
    error: 'is for workers; give --queue as well',
  })
  .transform(({ threads, ...options }) => ({
    ...options,
    threads: threads ?? (options.queue === undefined ? availableParallelism() : OUT_AT_A_TIME),
  }));
export type ScoreOptions = z.infer<typeof optionsSchema>;

/** Whether `--out` names a report folder. */
export const isFolder = (out: string): boolean => extname(out) === '';

/** @throws invalid_config */
export function parseScoreOptions(options: unknown): ScoreOptions {
  const result = optionsSchema.safeParse(options);
  if (!result.success) throw fromZodError('invalid_config', 'senn score', result.error);
  return result.data;
}
