import { join } from 'node:path';
import { z } from 'zod';
import { graphNames, manifestSchema, portsSchema } from '../../core/manifest.ts';
import { readJsonFile } from '../files/json-file.ts';

/**
 * A run folder, what `senn train` leaves behind and `senn export` reads:
 *
 * ```
 * config.json                   the configuration, every default written out
 * run.json                      this record; only when the run is done
 * golden.json                   inputs and what tfjs made of them, in the contract's layout (NCHW); likewise
 * prototypes.png or .json       the inputs that activate each concept most (core/artefacts/prototypes.ts); likewise
 * conceptizer/model.json …      tfjs LayersModel: [N, …] → concepts, of a variational one also log_variance
 * parameterizer/model.json …    tfjs LayersModel: [N, …] → [N, K, classes]
 * decoder/model.json …          tfjs LayersModel: [N, K] → [N, …]
 * metrics.csv                   every loss term of every epoch
 * state.json, optimizer.bin     what --resume goes on from; only until the run is done
 * best/                         the networks of the epoch that validated best; likewise
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
  /** The graphs that the run holds, by the names of their tensors; runs of before do not say, and have h, θ and a decoder. */
  graphs: z.partialRecord(z.enum(graphNames), portsSchema).optional(),
  training: fields.training,
  metrics: fields.metrics,
});
export type RunRecord = z.infer<typeof runRecordSchema>;

/** Reads `run.json` of a run folder. @throws missing_data | invalid_config */
export function readRunRecord(folder: string): Promise<RunRecord> {
  const hint = 'a run folder holds run.json once senn train is done';
  return readJsonFile(join(folder, 'run.json'), runRecordSchema, 'invalid_config', hint);
}
