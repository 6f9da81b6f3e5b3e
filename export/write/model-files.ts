import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { possibleArtefacts, staticFiles } from '../../core/artefacts/index.ts';
import { SennError } from '../../core/errors.ts';
import { type Golden, goldenSchema, goldenTensorOf } from '../../core/golden.ts';
import type { Ports } from '../../core/graphs.ts';
import { type GraphName, type Manifest, parseManifest } from '../../core/manifest.ts';
import { readJsonFile } from '../../training/files/json-file.ts';
import type { RunRecord } from '../../training/run/record.ts';
import { gradientModel } from '../gradients/gradient-model.ts';
import { layersModelToOnnx } from '../index.ts';
import { loadLayersModel } from '../layers-model/load-layers-model.ts';
import { ensureBackend } from './backend.ts';
import { canonicalGolden, canonicalJson } from './canonical.ts';
import { contractPorts } from './contract.ts';
import { forwardModel, type WrittenGraph } from './forward-model.ts';
import { exporterVersion } from './version.ts';

/** What a run becomes: the files of a model folder and its manifest, in memory. */

/** The files of a model folder, by name, and what its manifest says. */
export interface ModelFiles {
  readonly files: Readonly<Record<string, Uint8Array | string>>;
  readonly manifest: Manifest;
}

type Contents = Readonly<Record<string, Uint8Array | string>>;

export function sha256(content: Uint8Array | string): string {
  return createHash('sha256').update(content).digest('hex');
}

/** Where the run and its figures come from, as the graphs' own metadata. */
function provenance({ name, version, kind, training, metrics }: RunRecord, graph: GraphName): Record<string, string> {
  return {
    'senn.model': name,
    'senn.version': version,
    'senn.kind': kind,
    'senn.graph': graph,
    'senn.config': canonicalJson(training.config),
    'senn.data': canonicalJson(training.data),
    'senn.seed': String(training.seed),
    'senn.backend': training.backend,
    'senn.versions': canonicalJson(training.versions),
    'senn.metrics': canonicalJson(metrics),
  };
}

/** The graphs of a run that does not say which it has: those of a version before the record listed them. */
const UNLISTED = {
  conceptizer: { inputs: ['input'], outputs: ['concepts'] },
  parameterizer: { inputs: ['input'], outputs: ['relevances'] },
  decoder: { inputs: ['concepts'], outputs: ['reconstruction'] },
} as const satisfies Partial<Record<GraphName, Ports>>;

async function exportGraph(
  runFolder: string,
  graph: GraphName,
  ports: Ports,
  record: RunRecord,
): Promise<WrittenGraph> {
  const path = join(runFolder, graph, 'model.json');
  const model = await loadLayersModel(path);
  try {
    const withVariance = record.graphs === undefined && graph === 'conceptizer' && model.outputs.length === 2;
    const bytes = layersModelToOnnx(model, {
      name: `${record.name}-${graph}`,
      inputNames: ports.inputs,
      outputNames: withVariance ? [...ports.outputs, 'log_variance'] : ports.outputs,
      metadata: provenance(record, graph),
    });
    return { bytes, ...contractPorts(bytes, path, record) };
  } finally {
    model.dispose();
  }
}

/** @throws invalid_model where the run's file lacks a tensor of the contract that its graphs take or give */
async function readGolden(runFolder: string, graphs: Readonly<Record<string, Ports>>): Promise<Golden> {
  const golden = await readJsonFile(join(runFolder, 'golden.json'), goldenSchema, 'invalid_model');
  for (const { inputs, outputs } of Object.values(graphs)) {
    for (const name of [...inputs, ...outputs]) goldenTensorOf(golden, name);
  }
  goldenTensorOf(golden, 'logits');
  return golden;
}

/** The static artefacts of a run, by name, as it keeps them. */
async function readStatics(
  runFolder: string,
  { input }: RunRecord,
): Promise<Readonly<Record<string, { readonly file: string; readonly bytes: Uint8Array }>>> {
  const read = staticFiles.map(async ([name, { names }]) => {
    const file = names[input.kind];
    const path = join(runFolder, file);
    const bytes = await readFile(path).catch((cause: NodeJS.ErrnoException) => {
      if (cause.code === 'ENOENT') return undefined;
      throw new SennError('missing_data', `${path}: cannot be read (${cause.code})`, { path }, cause);
    });
    return bytes === undefined ? [] : [[name, { file, bytes }] as const];
  });
  return Object.fromEntries((await Promise.all(read)).flat());
}

/** What a manifest says besides its files. */
export type Description = Omit<
  Manifest,
  'schemaVersion' | 'graphs' | 'parameterizer' | 'artefacts' | 'files' | 'golden'
>;

/**
 * The files of a model folder from its parts: `model.onnx` is merged from the graphs, and the manifest lists all.
 * @param graphs by name, without `model`
 * @param statics files by the artefact's name
 * @throws invalid_model
 */
export function assembled(
  description: Description,
  graphs: Readonly<Partial<Record<Exclude<GraphName, 'model'>, WrittenGraph>>>,
  golden: string,
  statics: Readonly<Record<string, { readonly file: string; readonly bytes: Uint8Array }>>,
  metadata: Readonly<Record<string, string>>,
): ModelFiles {
  const parts = graphs as Readonly<Record<Exclude<GraphName, 'model'>, WrittenGraph>>;
  const all = { model: forwardModel(parts, `${description.name}-model`, metadata), ...parts };
  const contents: Contents = {
    ...Object.fromEntries(Object.entries(all).map(([name, { bytes }]) => [`${name}.onnx`, bytes])),
    'golden.json': golden,
    ...Object.fromEntries(Object.values(statics).map(({ file, bytes }) => [file, bytes])),
  };
  const entry = (file: string) => ({ file, sha256: sha256(contents[file] as Uint8Array | string) });
  const listed = {
    graphs: Object.fromEntries(
      Object.entries(all).map(([name, { inputs, outputs }]) => [name, { ...entry(`${name}.onnx`), inputs, outputs }]),
    ),
    files: Object.fromEntries(Object.entries(statics).map(([name, { file }]) => [name, entry(file)])),
  } as unknown as Pick<Manifest, 'graphs' | 'files'>;
  const { name, version, kind, input, classes, concepts, familiarity, profiles, counterfactual } = description;
  const { training, metrics, audit } = description;
  const reads = parts.parameterizer.inputs[0];
  const manifest = parseManifest({
    schemaVersion: 2,
    ...{ name, version, kind, input, classes, concepts },
    ...{
      ...(familiarity && { familiarity }),
      ...(profiles && { profiles }),
      ...(counterfactual && { counterfactual }),
    },
    graphs: listed.graphs,
    parameterizer: { reads },
    artefacts: possibleArtefacts({ ...listed, familiarity }),
    files: listed.files,
    golden: entry('golden.json'),
    ...{ training, metrics, ...(audit && { audit }) },
  });
  return { files: { ...contents, 'manifest.json': `${JSON.stringify(manifest, undefined, 2)}\n` }, manifest };
}

/**
 * What a run becomes: its graphs, the forward pass in one, `golden.json`, the static artefacts and `manifest.json`. The
 * same run gives the same bytes.
 * @param runFolder what `senn train` left behind (training/run/record.ts)
 * @param gradients whether `gradient.onnx` is among its graphs
 * @throws missing_data | invalid_model | shape_mismatch | unsupported_layer | missing_backend
 */
export async function modelFilesOf(runFolder: string, trained: RunRecord, gradients = false): Promise<ModelFiles> {
  const versions = { ...trained.training.versions, 'senn-onnx': exporterVersion };
  const record: RunRecord = { ...trained, training: { ...trained.training, versions } };
  const ports: Readonly<Partial<Record<GraphName, Ports>>> = record.graphs ?? UNLISTED;
  await readGolden(runFolder, ports as Readonly<Record<string, Ports>>); // refused before the work
  await ensureBackend();
  const graphs: Partial<Record<GraphName, WrittenGraph>> = {};
  for (const [name, own] of Object.entries(ports) as [GraphName, Ports][]) {
    graphs[name] = await exportGraph(runFolder, name, own, record);
  }
  const golden = canonicalGolden(await readGolden(runFolder, graphs as Readonly<Record<string, Ports>>));
  if (gradients) {
    const forward = graphs as Readonly<Record<string, WrittenGraph>>;
    graphs.gradient = gradientModel(forward, record, provenance(record, 'gradient'));
  }
  return assembled(record, graphs, golden, await readStatics(runFolder, record), provenance(record, 'model'));
}
