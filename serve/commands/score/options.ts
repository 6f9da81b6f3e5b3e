import { extname } from 'node:path';
import { z } from 'zod';
import { parseAttributionList } from '../../../core/attributions/index.ts';
import { fromZodError } from '../../../core/errors.ts';
import { parseMetricList } from '../../../core/metrics/choose.ts';

/** The options of `senn score`, checked before anything is loaded. */

/** A whole number in the text of an option. @param low the lowest */
const wholeNumber = (low: 0 | 1) => {
  const rule = low === 0 ? 'must be a whole number from 0 on' : 'must be a whole number above 0';
  return z
    .string()
    .regex(/^\d{1,9}$/, { error: ({ input }) => `${rule}, got "${input}"` })
    .transform(Number)
    .pipe(z.int().min(low, `${rule}, got "0"`));
};

/** A file that is written in one format: under a name that says another, programs that open it fail. No ending says none. */
const fileEnding = (...endings: readonly string[]) =>
  z
    .string()
    .min(1)
    .refine((path) => ['', ...endings].includes(extname(path).toLowerCase()), {
      error: ({ input }) => `its ending "${extname(String(input))}" must be ${endings.join(' or ')}`,
    });

/** What `senn score` takes, as commander hands it over. */
const optionsSchema = z
  .strictObject({
    model: z.string().min(1),
    data: z.string().min(1),
    metrics: z.string().default('paper').transform(parseMetricList),
    attributions: z.string().transform(parseAttributionList).default([]),
    queries: wholeNumber(1).optional(),
    limit: wholeNumber(1).optional(),
    seed: wholeNumber(0).default(0),
    out: fileEnding('.json'),
    perInput: fileEnding('.jsonl', '.ndjson').optional(),
    json: z.boolean().default(false),
  })
  .refine(({ out, perInput }) => out !== perInput, {
    path: ['perInput'],
    error: '--per-input must be another file than --out',
  });
export type ScoreOptions = z.infer<typeof optionsSchema>;

/** @throws invalid_config */
export function parseScoreOptions(options: unknown): ScoreOptions {
  const result = optionsSchema.safeParse(options);
  if (!result.success) throw fromZodError('invalid_config', 'senn score', result.error);
  return result.data;
}
