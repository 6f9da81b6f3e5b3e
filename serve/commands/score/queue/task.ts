import { z } from 'zod';
import { fromZodError } from '../../../../core/errors.ts';
import { jobSchema } from '../../../../core/scoring/job.ts';
import type { LoadedBatch } from '../../../../core/scoring/source.ts';
import type { Tensor } from '../../../../core/tensor.ts';
import { toBase64 } from '../running/wire.ts';
import { tensorOf, wholeNumbers } from './numbers.ts';

/**
 * What a worker is told of a batch. Whoever reaches Redis can write such a thing, so a worker believes nothing of it: it
 * names no file, its sizes are bounded, and its model is the one whose digest it gives.
 */

const digest = z.string().regex(/^[0-9a-f]{64}$/, 'must be 64 hexadecimal digits');

/** Rows that an attribution may ask about one input, at most, where the payload of a queue says so. */
const MOST_QUERIES = 1_000_000;
const MOST_ROWS = 65_536;
const MOST_INPUTS = 2 ** 31 - 1;

const { metrics, attributions, seed } = jobSchema.shape;
const distinct = (names: readonly string[]): boolean => new Set(names).size === names.length;

const taskSchema = z
  .strictObject({
    /** SHA-256 of the manifest, which holds those of the graphs. */
    model: digest,
    /** Which model and batch of the job it is. */
    at: z.strictObject({ model: z.int().min(0).max(31), batch: z.int().min(0).max(MOST_INPUTS) }),
    asked: z.strictObject({
      metrics: metrics.refine(distinct, 'must name each once'),
      attributions: attributions.refine(distinct, 'must name each once'),
      queries: z.int().positive().max(MOST_QUERIES).optional(),
      seed,
    }),
    rows: wholeNumbers(MOST_INPUTS),
    input: tensorOf('[n, F] or [n, C, H, W]', ({ length }) => length === 2 || length === 4),
    labels: wholeNumbers(MOST_INPUTS).optional(),
    /** `[M, F]`, the bytes of a blob. */
    training: z
      .strictObject({ digest, shape: z.tuple([z.int().positive(), z.int().positive()]) })
      .refine(({ shape: [rows, width] }) => rows * width <= 2 ** 26, 'must be at most 256 MiB')
      .optional(),
  })
  .superRefine(({ rows, input, labels }, context) => {
    const [n = 0] = input.shape;
    const rule = (message: string): void => context.addIssue({ code: 'custom', message });
    if (n < 1 || n > MOST_ROWS) rule(`input: ${n} rows must be 1 to ${MOST_ROWS}`);
    if (rows.length !== n) rule(`rows: ${rows.length} must match ${n} rows of input`);
    if (rows.some((row, i) => i > 0 && row <= (rows[i - 1] as number))) rule('rows: must ascend');
    if (labels !== undefined && labels.length !== n) rule(`labels: ${labels.length} must match ${n} rows of input`);
  });

/** As it stands in Redis. */
export type WireTask = z.input<typeof taskSchema>;
export type Task = z.infer<typeof taskSchema>;

export interface TrainingBlob {
  readonly digest: string;
  readonly shape: [number, number];
}

/** @param loaded at least one input */
export function toWireTask(
  of: Pick<WireTask, 'model' | 'at' | 'asked'>,
  { rows, input, labels }: LoadedBatch,
  training: TrainingBlob | undefined,
): WireTask {
  return {
    ...of,
    rows: toBase64(rows),
    input: { shape: [...input.shape], data: toBase64(input.data) },
    ...(labels !== undefined && { labels: toBase64(labels) }),
    ...(training !== undefined && { training: { digest: training.digest, shape: training.shape } }),
  };
}

/** @throws invalid_request */
export function parseTask(value: unknown): Task {
  const result = taskSchema.safeParse(value);
  if (!result.success) throw fromZodError('invalid_request', 'queue: a batch', result.error);
  return result.data;
}

/** The inputs of a batch, as they are scored. */
export const loadedOf = ({ rows, input, labels }: Task): LoadedBatch => ({
  rows,
  input: input as Tensor,
  ...(labels !== undefined && { labels }),
  unusable: [],
});
