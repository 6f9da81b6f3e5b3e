import { z } from 'zod';
import { splitSeed, tableSplit } from '../splits.ts';
import { validation } from '../validation.ts';

/** What the configuration of every table tells. */
export const tableFields = {
  split: tableSplit.default({ by: 'random', test: 0.2 }),
  splitSeed,
  validation,
};

/** The same for a table that is a published file. */
export const publishedTableFields = {
  /** The file, when it is not to be looked for. */
  path: z.string().min(1).optional(),
  ...tableFields,
};
