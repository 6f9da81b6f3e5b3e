import { z } from 'zod';
import { SennError } from '../../core/errors.ts';

/**
 * Training inputs that the training loop holds out, drawn by the run's seed: below 1 a share of the training rows,
 * from 1 on a count, 0 none. A field of every data set's configuration.
 */
export const validation = z
  .number()
  .nonnegative()
  .refine((value) => value < 1 || Number.isInteger(value), {
    error: ({ input }) => `must be a share below 1 or a whole count, got ${input}`,
  })
  .default(0);

/** Rows in a share of them: rounded, but above 0 never to nothing. */
const sharedRows = (share: number, rows: number): number => (share === 0 ? 0 : Math.max(1, Math.round(share * rows)));

/**
 * How many of the training rows `validation` holds out.
 * @throws invalid_config where nothing would be left to learn from
 */
export function validationCount(validation: number, rows: number): number {
  const count = validation < 1 ? sharedRows(validation, rows) : validation;
  if (count >= rows) {
    throw new SennError(
      'invalid_config',
      `data.validation: ${validation} holds out ${count} rows; it must leave some of the ${rows} training rows`,
      { validation, count, rows },
    );
  }
  return count;
}
