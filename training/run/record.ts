import { join } from 'node:path';
import { z } from 'zod';
import { graphNames, manifestSchema, portsSchema, trainingSchema } from '../../core/manifest.ts';
import { readJsonFile } from '../files/json-file.ts';

/**
 * A run folder, what `senn train` leaves behind and `senn export` reads:
 *
 * ```
 * config.json                   the configuration, every default written out
 * run.json                      this record; only when the run is done
 * golden.json                   inputs and what tfjs made of them, in the contract's layout (NCHW); likewise
 * prototypes.png or .json …     what the model shows of itself, one row a concept (statics.ts); likewise
 * conceptizer/model.json …      every network as a tfjs LayersModel, by its name; the record tells which of them are
 * parameterizer/model.json …    graphs of the model, and what goes in and out of each
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
  familiarity: fields.familiarity,
  profiles: fields.profiles,
  counterfactual: fields.counterfactual,
  /**
   * The graphs of the model, which are networks of the same name, by the names of their tensors. A run of before this was
   * written has the graphs of a SENN or of a DiSENN.
   */
  graphs: z.partialRecord(z.enum(graphNames), portsSchema).optional(),
  training: trainingSchema,
  metrics: fields.metrics,
  audit: fields.audit,
});
export type RunRecord = z.infer<typeof runRecordSchema>;

/** Reads `run.json` of a run folder. @throws missing_data | invalid_config */
export function readRunRecord(folder: string): Promise<RunRecord> {
  const hint = 'a run folder holds run.json once senn train is done';
  return readJsonFile(join(folder, 'run.json'), runRecordSchema, 'invalid_config', hint);
}
