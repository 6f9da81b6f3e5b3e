import { z } from 'zod';

/** What a load generator is told, and the line that it ends its standard output by. */

export interface Load {
  /** With path and query; each PNG of `bodies` is posted to it in turn. */
  readonly url: string;
  readonly connections: number;
  readonly seconds: number;
  /** Folder of `0.png` … `<count − 1>.png`. */
  readonly bodies: { readonly folder: string; readonly count: number };
}

export const loadReportSchema = z.strictObject({
  /** Answers of any status. */
  requests: z.int().nonnegative(),
  seconds: z.number().positive(),
  p50Milliseconds: z.number().nonnegative(),
  p99Milliseconds: z.number().nonnegative(),
  /** Answers that are not 2xx, and requests without one. */
  errors: z.int().nonnegative(),
  /** CPU that the generator took; one that does not say so is watched from outside. */
  cpuSeconds: z.number().nonnegative().optional(),
});
export type LoadReport = z.infer<typeof loadReportSchema>;
