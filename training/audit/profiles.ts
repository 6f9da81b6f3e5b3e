import type { ClassProfile } from '../../core/manifest.ts';
import { gatherProfiles } from '../../core/views/profiles.ts';
import type { Graphs } from '../kinds/kind.ts';
import { batchesOf, inOrder } from '../loop/batches.ts';
import type { Workspace } from '../run/prepare.ts';
import type { RunRecord } from '../run/record.ts';
import { runPredictor } from './run-predictor.ts';

/** What the training inputs of each class have in common, once a run is done (core/views/profiles.ts). */

const BATCH = 500;

/** Over every training input, held out or not. @returns `[C]` @throws inference_failed where the networks give what is not finite */
export async function profilesOf(
  record: RunRecord,
  graphs: Graphs,
  { contract, dataset: { train } }: Pick<Workspace, 'contract' | 'dataset'>,
): Promise<ClassProfile[]> {
  const predictor = runPredictor(record, graphs, contract);
  const gathered = gatherProfiles(record);
  for (const rows of batchesOf(inOrder(train.labels.length), BATCH)) {
    const input = { shape: [rows.length, ...train.shape.slice(1)], data: train.gather(rows) };
    gathered.add(
      await predictor.forward(input),
      rows.map((row) => train.labels[row] as number),
    );
  }
  return gathered.profiles();
}
