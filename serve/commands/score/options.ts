import { z } from 'zod';
import { didYouMean } from '../../../core/did-you-mean.ts';
import { fromZodError } from '../../../core/errors.ts';
import { type MetricName, metricNames } from '../../../core/metrics/index.ts';

const choices = `choose ${metricNames.join(', ')}`;

const metricList = z
  .string()
  .transform((text) => [...new Set(text.split(',').map((name) => name.trim()))])
  .pipe(
    z.array(
      z.enum(metricNames as [MetricName, ...MetricName[]], {
        error: ({ input }) =>
          input === ''
            ? `names no metric; ${choices}`
            : `unknown metric "${input}"; ${choices}${didYouMean(input, metricNames)}`,
      }),
    ),
  );

/** What `senn score` takes, as commander hands it over. */
const optionsSchema = z
  .strictObject({
    model: z.string().min(1),
    data: z.string().min(1),
    metrics: metricList.default([...metricNames]),
    limit: z
      .string()
      .regex(/^\d{1,9}$/, { error: ({ input }) => `must be a whole number above 0, got "${input}"` })
      .transform(Number)
      .pipe(z.int().min(1, 'must be a whole number above 0, got "0"'))
      .optional(),
    out: z.string().min(1),
    perInput: z.string().min(1).optional(),
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
