import { z } from 'zod';

/** What a scoring job is told: plain values, each of which becomes one argument of `senn score`. */

/** What its input is called in its folder, whatever the client calls it. */
export const inputNames = ['input.csv', 'input.ndjson', 'input.npz', 'images'] as const;
export type InputName = (typeof inputNames)[number];

/** What a client may ask of a job; the same names as those of the command. */
export const askedSchema = z.strictObject({
  metrics: z.string().max(4096).exactOptional(),
  attributions: z.string().max(4096).exactOptional(),
  queries: z.int().min(1).max(1_000_000).exactOptional(),
  seed: z.int().min(0).max(999_999_999).exactOptional(),
  limit: z.int().min(1).max(999_999_999).exactOptional(),
  batch: z.int().min(1).max(65_536).exactOptional(),
});

export const scorePayloadSchema = z.strictObject({
  model: z.string(),
  version: z.string(),
  input: z.enum(inputNames),
  /** SHA-256 of the bytes that were sent. */
  digest: z.string(),
  asked: askedSchema,
});
export type ScorePayload = z.output<typeof scorePayloadSchema>;

export const argumentsOf = ({ input, asked }: Pick<ScorePayload, 'input' | 'asked'>): string[] => [
  `--data=${input}`,
  ...Object.entries(asked).map(([name, value]) => `--${name}=${value}`),
];
