import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { possibleArtefacts } from '../../core/artefacts/index.ts';
import { type Manifest, parseManifest } from '../../core/manifest.ts';
import { createPredictor, type Predictor } from '../../core/predictor.ts';
import { tfjsSessions } from '../audit/tfjs-session.ts';
import type { Config } from '../config/config.ts';
import { readRunConfig } from '../config/run-config.ts';
import { loadDataset } from '../datasets/index.ts';
import { type EpochMetrics, parseMetrics } from '../figures/charts/metrics-csv.ts';
import { graphsOf } from '../kinds/index.ts';
import type { Graphs } from '../kinds/kind.ts';
import type { NamedNetworks } from '../networks/networks.ts';
import { checkSameData, restoreNetworks } from '../run/checkpoint.ts';
import { prepare, type Workspace } from '../run/prepare.ts';
import { type RunRecord, readRunRecord } from '../run/record.ts';

/** A finished run with its data, its networks and what predicts with them. */
export interface OpenedRun {
  readonly folder: string;
  readonly config: Config;
  readonly record: RunRecord;
  readonly epochs: readonly EpochMetrics[];
  readonly workspace: Workspace;
  readonly predictor: Predictor;
}

/** A predictor over the networks themselves. @param networks in the contract's units */
function predictorOf(networks: NamedNetworks, graphs: Graphs, record: RunRecord): Predictor {
  const file = { file: 'model.json', sha256: '0'.repeat(64) };
  const named = Object.fromEntries(Object.entries(graphs).map(([name, ports]) => [name, { ...file, ...ports }]));
  const manifest = parseManifest({
    schemaVersion: 2,
    ...record,
    graphs: named,
    parameterizer: { reads: graphs.parameterizer.inputs[0] },
    artefacts: possibleArtefacts({
      graphs: named as Manifest['graphs'],
      files: {},
      familiarity: record.familiarity,
    }),
    files: {},
    golden: file,
  });
  return createPredictor(manifest, tfjsSessions(networks, graphs));
}

/**
 * Opens a run folder that `senn train` finished.
 * @throws missing_data | invalid_config, also where its data have changed since
 */
export async function openRun(folder: string): Promise<OpenedRun> {
  const record = await readRunRecord(folder);
  const config = await readRunConfig(folder);
  const dataset = await loadDataset(config.data);
  checkSameData(folder, dataset.sha256, record.training.data.sha256);
  const workspace = prepare(config, dataset);
  await restoreNetworks(folder, workspace.contract);
  const path = join(folder, 'metrics.csv');
  const epochs = parseMetrics(await readFile(path, 'utf8'), path);
  const predictor = predictorOf(workspace.contract, graphsOf(config), record);
  return { folder, config, record, epochs, workspace, predictor };
}
