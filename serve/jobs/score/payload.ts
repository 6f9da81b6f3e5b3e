import { z } from 'zod';

/** What a scoring job is told: plain values, each of which becomes one argument of `senn score`. */

/** What its input is called in its folder, whatever the client calls it. */
export const inputNames = ['input.csv', 'input.ndjson', 'input.parquet', 'input.npz', 'input.zip', 'images'] as const;
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

const common = { model: z.string(), version: z.string(), asked: askedSchema };

export const scorePayloadSchema = z.union([
  z.strictObject({
    ...common,
    input: z.enum(inputNames),
    /** SHA-256 of the bytes that were sent. */
    digest: z.string(),
  }),
  /** Of a set that the operator has named. */
  z.strictObject({ ...common, set: z.string() }),
]);
export type ScorePayload = z.output<typeof scorePayloadSchema>;

/** @param data what is scored, as `--data` says it */
export const argumentsOf = (data: string, { asked }: Pick<ScorePayload, 'asked'>): string[] => [
  `--data=${data}`,
  ...Object.entries(asked).map(([name, value]) => `--${name}=${value}`),
];
