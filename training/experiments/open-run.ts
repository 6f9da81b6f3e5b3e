import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import type { Ports } from '../../core/graphs.ts';
import { type GraphName, parseManifest } from '../../core/manifest.ts';
import { createPredictor, type Predictor } from '../../core/predictor.ts';
import type { Session } from '../../core/session.ts';
import type { Tensor } from '../../core/tensor.ts';
import type { Config } from '../config/config.ts';
import { readConfig } from '../config/config-file.ts';
import { loadDataset } from '../datasets/index.ts';
import { type EpochMetrics, parseMetrics } from '../figures/metrics-csv.ts';
import { toContractLayout, toNetworkLayout } from '../loop/batches.ts';
import { predictOutputs } from '../networks/forward.ts';
import type { Networks } from '../networks/index.ts';
import { checkSameData, RUN_MARKER, restoreNetworks } from '../run/checkpoint.ts';
import { prepare, type Workspace } from '../run/execute.ts';
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

const PORTS = {
  conceptizer: { inputs: ['input'], outputs: ['concepts'] },
  parameterizer: { inputs: ['input'], outputs: ['relevances'] },
  decoder: { inputs: ['concepts'], outputs: ['reconstruction'] },
} as const satisfies Partial<Record<GraphName, Ports>>;

/** A LayersModel as a session of the model contract. */
function sessionOf(model: tf.LayersModel, graph: keyof typeof PORTS): Session {
  const { inputs, outputs } = PORTS[graph];
  return {
    executionProvider: 'tfjs',
    run: async (feeds) => {
      const { shape, data } = feeds[inputs[0]] as Tensor;
      return tf.tidy(() => {
        const [output] = predictOutputs(model, toNetworkLayout(data, shape)) as [tf.Tensor];
        const first = toContractLayout(output);
        return { [outputs[0]]: { shape: first.shape, data: first.dataSync<'float32'>() } };
      });
    },
    close: async () => {},
  };
}

/** A predictor over the networks themselves. @param networks in the contract's units */
function predictorOf(networks: Networks, record: RunRecord): Predictor {
  const file = { file: 'model.json', sha256: '0'.repeat(64) };
  const graphs = Object.fromEntries(Object.entries(PORTS).map(([name, ports]) => [name, { ...file, ...ports }]));
  const manifest = parseManifest({
    schemaVersion: 2,
    ...record,
    graphs,
    parameterizer: { reads: 'input' },
    artefacts: ['concepts', 'relevances', 'contributions', 'traversals'],
    files: {},
    golden: file,
  });
  return createPredictor(manifest, {
    conceptizer: sessionOf(networks.conceptizer, 'conceptizer'),
    parameterizer: sessionOf(networks.parameterizer, 'parameterizer'),
    decoder: sessionOf(networks.decoder, 'decoder'),
  });
}

/**
 * Opens a run folder that `senn train` finished.
 * @throws missing_data | invalid_config, also where its data have changed since
 */
export async function openRun(folder: string): Promise<OpenedRun> {
  const record = await readRunRecord(folder);
  const config = await readConfig(join(folder, RUN_MARKER));
  const dataset = await loadDataset(config.data);
  checkSameData(folder, dataset.sha256, record.training.data.sha256);
  const workspace = prepare(config, dataset);
  await restoreNetworks(folder, workspace.contract);
  const path = join(folder, 'metrics.csv');
  const epochs = parseMetrics(await readFile(path, 'utf8'), path);
  return { folder, config, record, epochs, workspace, predictor: predictorOf(workspace.contract, record) };
}
