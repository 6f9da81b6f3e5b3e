import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Predictor } from '../../core/predictor.ts';
import { runPredictor } from '../audit/run-predictor.ts';
import type { Config } from '../config/config.ts';
import { readRunConfig } from '../config/run-config.ts';
import { loadDataset } from '../datasets/index.ts';
import { type EpochMetrics, parseMetrics } from '../figures/charts/metrics-csv.ts';
import { graphsOf } from '../kinds/index.ts';
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
  const predictor = runPredictor(record, graphsOf(config), workspace.contract);
  return { folder, config, record, epochs, workspace, predictor };
}
