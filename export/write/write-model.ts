import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { prototypeFiles } from '../../core/artefacts/prototypes.ts';
import { SennError } from '../../core/errors.ts';
import { type Golden, goldenSchema, goldenTensorOf } from '../../core/golden.ts';
import { type GraphName, graphIO, graphNames, inputShape, type Manifest, parseManifest } from '../../core/manifest.ts';
import { writeFolder } from '../../training/files/folders.ts';
import { readJsonFile } from '../../training/files/json-file.ts';
import { type RunRecord, readRunRecord } from '../../training/run/record.ts';
import { layersModelToOnnx } from '../index.ts';
import { loadLayersModel } from '../layers-model/load-layers-model.ts';
import type { ValueInfoProto } from '../onnx/proto.ts';
import { decodeModel } from '../onnx/schema.ts';
import { ensureBackend } from './backend.ts';
import { canonicalGolden, canonicalJson } from './canonical.ts';
import { exporterVersion } from './version.ts';

export interface WrittenFile {
  readonly file: string;
  readonly bytes: number;
}

export interface WrittenModel {
  readonly folder: string;
  readonly files: readonly WrittenFile[];
  readonly manifest: Manifest;
}

/** Where the run and its figures come from, as the graphs' own metadata. */
function provenance(record: RunRecord, graph: GraphName): Record<string, string> {
  const { name, version, kind, training, metrics } = record;
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

/** The contract of DESIGN §2: what every input and output measures, without the batch. */
function contractShapes(record: RunRecord): Record<string, number[]> {
  const K = record.concepts.length;
  const input = inputShape(record);
  return {
    input,
    concepts: [K],
    log_variance: [K],
    relevances: [K, record.classes.length],
    reconstruction: input,
  };
}

/** @throws shape_mismatch */
function checkContract(path: string, bytes: Uint8Array, record: RunRecord): void {
  const { input, output } = decodeModel(bytes).graph;
  const contract = contractShapes(record);
  const describe = ({ name, type }: ValueInfoProto) => {
    const sizes = type.tensorType.shape.dim.map((size) => ('dimParam' in size ? size.dimParam : size.dimValue));
    return `${name} [${sizes.join(', ')}]`;
  };
  for (const port of [...input, ...output]) {
    const expected = `${port.name} [${['batch', ...(contract[port.name] as number[])].join(', ')}]`;
    if (describe(port) !== expected) {
      throw new SennError('shape_mismatch', `${path}: ${describe(port)} must be ${expected}, as run.json says`, {
        path,
      });
    }
  }
}

async function exportGraph(runFolder: string, graph: GraphName, record: RunRecord): Promise<Uint8Array> {
  const path = join(runFolder, graph, 'model.json');
  const model = await loadLayersModel(path);
  try {
    const { input, outputs } = graphIO[graph];
    const withVariance = graph === 'conceptizer' && model.outputs.length === 2;
    const bytes = layersModelToOnnx(model, {
      name: `${record.name}-${graph}`,
      inputNames: [input],
      outputNames: withVariance ? [...outputs, 'log_variance'] : outputs,
      metadata: provenance(record, graph),
    });
    checkContract(path, bytes, record);
    return bytes;
  } finally {
    model.dispose();
  }
}

async function readGolden(runFolder: string): Promise<Golden> {
  const path = join(runFolder, 'golden.json');
  const golden = await readJsonFile(path, goldenSchema, 'invalid_model');
  for (const { input, outputs } of Object.values(graphIO)) {
    for (const name of [input, ...outputs]) goldenTensorOf(golden, name);
  }
  goldenTensorOf(golden, 'logits');
  return golden;
}

/** The prototypes of a run, as it keeps them; a run of before they were kept has none. */
async function readPrototypes(runFolder: string, { input }: RunRecord): Promise<Uint8Array | undefined> {
  const path = join(runFolder, prototypeFiles[input.kind]);
  return readFile(path).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === 'ENOENT') return undefined;
    throw new SennError('missing_data', `${path}: cannot be read (${cause.code})`, { path }, cause);
  });
}

export function sha256(content: Uint8Array | string): string {
  return createHash('sha256').update(content).digest('hex');
}

/** The files of a model folder, by name, and what its manifest says. */
export interface ModelFiles {
  readonly files: Readonly<Record<string, Uint8Array | string>>;
  readonly manifest: Manifest;
}

/**
 * What a run becomes: the three graphs, `golden.json`, the prototypes and `manifest.json`. The same run gives the same
 * bytes.
 * @param runFolder what `senn train` left behind (training/run/record.ts)
 * @throws missing_data | invalid_model | shape_mismatch | unsupported_layer | missing_backend
 */
export async function modelFilesOf(runFolder: string, trained: RunRecord): Promise<ModelFiles> {
  const versions = { ...trained.training.versions, 'senn-onnx': exporterVersion };
  const record: RunRecord = { ...trained, training: { ...trained.training, versions } };
  const golden = canonicalGolden(await readGolden(runFolder));
  await ensureBackend();
  const contents: Record<string, Uint8Array | string> = {};
  for (const graph of graphNames) contents[`${graph}.onnx`] = await exportGraph(runFolder, graph, record);
  contents['golden.json'] = golden;
  const prototypes = await readPrototypes(runFolder, record);
  const prototypeFile = prototypeFiles[record.input.kind];
  if (prototypes !== undefined) contents[prototypeFile] = prototypes;
  const entry = (file: string) => ({ file, sha256: sha256(contents[file] as Uint8Array | string) });
  const manifest = parseManifest({
    schemaVersion: 1,
    ...record,
    graphs: Object.fromEntries(graphNames.map((graph) => [graph, entry(`${graph}.onnx`)])),
    golden: entry('golden.json'),
    ...(prototypes !== undefined && { prototypes: entry(prototypeFile) }),
  });
  return { files: { ...contents, 'manifest.json': `${JSON.stringify(manifest, undefined, 2)}\n` }, manifest };
}

/** An earlier model's, which a new one without any must not keep. */
const noPrototypes = Object.fromEntries(Object.values(prototypeFiles).map((file) => [file, undefined]));

/**
 * Writes `models/<name>/`, whole or not at all. The one writer of that folder, which must have the model's name.
 * @throws missing_data | invalid_config | invalid_model | shape_mismatch | unsupported_layer | missing_backend
 */
export async function exportRun(runFolder: string, outFolder: string): Promise<WrittenModel> {
  const record = await readRunRecord(runFolder);
  if (basename(resolve(outFolder)) !== record.name) {
    throw new SennError(
      'invalid_config',
      `${outFolder}: the folder of model "${record.name}" must have its name, as models/${record.name}`,
      { folder: outFolder, name: record.name },
    );
  }
  const { files, manifest } = await modelFilesOf(runFolder, record);
  await writeFolder(outFolder, { ...noPrototypes, ...files }, 'manifest.json');
  return {
    folder: outFolder,
    files: Object.entries(files).map(([file, content]) => ({ file, bytes: Buffer.byteLength(content) })),
    manifest,
  };
}
