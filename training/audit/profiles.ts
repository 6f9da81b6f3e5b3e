import type { Ports } from '../../core/graphs.ts';
import type { ClassProfile, GraphName, Manifest } from '../../core/manifest.ts';
import { createPredictor } from '../../core/predictor.ts';
import { gatherProfiles } from '../../core/views/profiles.ts';
import type { Graphs } from '../kinds/kind.ts';
import { batchesOf, inOrder } from '../loop/batches.ts';
import type { Workspace } from '../run/prepare.ts';
import type { RunRecord } from '../run/record.ts';
import { tfjsSessions } from './tfjs-session.ts';

/** What the training inputs of each class have in common, once a run is done (core/views/profiles.ts). */

const BATCH = 500;

/** Nothing of a run is an ONNX file yet. */
const UNWRITTEN = { file: 'none', sha256: '0'.repeat(64) };

/** What a manifest will say of the run, as far as a predictor asks. */
function manifestOf(record: RunRecord, graphs: Graphs): Manifest {
  const ports = Object.entries(graphs) as [GraphName, Ports][];
  return {
    schemaVersion: 2,
    ...record,
    graphs: Object.fromEntries(
      ports.map(([name, { inputs, outputs }]) => [name, { ...UNWRITTEN, inputs: [...inputs], outputs: [...outputs] }]),
    ),
    parameterizer: { reads: graphs.parameterizer.inputs[0] as Manifest['parameterizer']['reads'] },
    artefacts: [],
    files: {},
    golden: UNWRITTEN,
  };
}

/** Over every training input, held out or not. @returns `[C]` @throws inference_failed where the networks give what is not finite */
export async function profilesOf(
  record: RunRecord,
  graphs: Graphs,
  { contract, dataset: { train } }: Pick<Workspace, 'contract' | 'dataset'>,
): Promise<ClassProfile[]> {
  const predictor = createPredictor(manifestOf(record, graphs), tfjsSessions(contract, graphs));
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
