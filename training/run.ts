import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { fromZodError, SennError } from '../core/errors.ts';
import { manifestSchema } from '../core/manifest.ts';

/**
 * A run folder, what `senn train` leaves behind and `senn export` reads:
 *
 * ```
 * run.json                      this record
 * golden.json                   inputs and what tfjs made of them, in the contract's layout (NCHW)
 * conceptizer/model.json …      tfjs LayersModel: [N, H, W, C] → [concepts, log_variance]
 * parameterizer/model.json …    tfjs LayersModel: [N, H, W, C] → [N, K, classes]
 * decoder/model.json …          tfjs LayersModel: [N, K] → [N, H, W, C]
 * metrics.csv                   every loss term of every epoch
 * ```
 */
const fields = manifestSchema.shape;
export const runRecordSchema = z.strictObject({
  name: fields.name,
  version: fields.version,
  kind: fields.kind,
  input: fields.input,
  classes: fields.classes,
  concepts: fields.concepts,
  training: fields.training,
  metrics: fields.metrics,
});
export type RunRecord = z.infer<typeof runRecordSchema>;

/** Reads `run.json` of a run folder. @throws missing_data | invalid_config */
export async function readRunRecord(folder: string): Promise<RunRecord> {
  const path = join(folder, 'run.json');
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    throw new SennError(
      'missing_data',
      `${path}: not found; a run folder holds run.json, written by senn train`,
      { path },
      cause,
    );
  });
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new SennError('invalid_config', `${path}: is not JSON`, { path }, cause);
  }
  const result = runRecordSchema.safeParse(value);
  if (!result.success) throw fromZodError('invalid_config', path, result.error);
  return result.data;
}
