import { z } from 'zod';

/** What a manifest keeps of how a feature is distributed, in the place of rows. */

/**
 * How a feature's values are spread over the training set: its quartiles, each once, and of each quarter between them how
 * many values lie there, and around what. Of a quarter of few inputs only the first is told.
 */
export const quartilesSchema = z
  .strictObject({
    edges: z.array(z.number()).min(1).max(3),
    bins: z.array(
      z.strictObject({
        share: z.number().min(0).max(1),
        mean: z.number().optional(),
        deviation: z.number().nonnegative().optional(),
      }),
    ),
  })
  .refine(
    ({ edges, bins }) =>
      bins.length === edges.length + 1 &&
      edges.every((edge, i) => i === 0 || edge > (edges[i - 1] as number)) &&
      Math.abs(bins.reduce((sum, { share }) => sum + share, 0) - 1) < 1e-6,
    'must have rising edges, one bin more than edges, and shares that sum to 1',
  );

export type Quartiles = z.infer<typeof quartilesSchema>;
