import { z } from 'zod';
import { whole } from './leaves.ts';

/** The options of attributions: how much they may ask of models, for how long, and how many at a time. */

const MINUTE = 60_000;

export const attributionsSchema = z.strictObject({
  queries: whole(64, 1_000_000)
    .default(5000)
    .describe('rows that an attribution asks a model about one input; a request may ask for fewer'),
  queriesPerRequest: whole(64, 100_000_000)
    .default(100_000)
    .describe('rows that the attributions of a request ask, over its inputs'),
  features: whole(1, 4096).default(1024).describe('features of a table whose inputs are explained by attributions'),
  timeMs: whole(100, 60 * MINUTE, 'milliseconds')
    .default(20_000)
    .describe('milliseconds that the attributions of a request may run; then 504'),
  atOnce: whole(1, 64)
    .default(1)
    .describe('requests whose attributions run at a time, each on a thread of its own of low priority'),
  maxQueue: whole(1, 1_000_000).default(64).describe('inputs that wait for their attributions; one more is refused'),
});

export type AttributionsConfig = z.output<typeof attributionsSchema>;
