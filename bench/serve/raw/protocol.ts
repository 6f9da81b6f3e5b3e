import { z } from 'zod';

/** What the loop over `session.run` is told, in JSON as its one argument, and the line that it prints. */
export const rawTaskSchema = z.strictObject({
  /** Folder of the model. */
  model: z.string(),
  /** Worker threads, each with sessions of its own. */
  threads: z.int().positive(),
  /** Inputs of a run. */
  batch: z.int().positive(),
  /** Rows that the decoder is given for an input; 0 for no decoder. */
  decoded: z.int().nonnegative(),
  seconds: z.number().positive(),
});
export type RawTask = z.infer<typeof rawTaskSchema>;

export const rawReportSchema = z.strictObject({ inputsPerSecond: z.number().positive() });
