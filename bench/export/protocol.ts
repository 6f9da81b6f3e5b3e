import { z } from 'zod';

/** What the parent and the child process of `bench:export` say to each other. */

/** What is timed: bytes in memory, one file, and a file with its weights in another. */
export const lanes = ['bytes', 'file', 'external'] as const;
export type Lane = (typeof lanes)[number];

export const measurementSchema = z.strictObject({
  seconds: z.number().nonnegative(),
  /** What came out. */
  bytes: z.int().positive(),
  /** The weights of the model, of four bytes each. */
  modelBytes: z.int().positive(),
  /** The model and what its export needed beside it at the most, in sizes of the model. */
  memoryRatio: z.number().min(1),
});
export type Measurement = z.infer<typeof measurementSchema>;
