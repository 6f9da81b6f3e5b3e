import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { SennError } from '../../core/errors.ts';
import { type GraphName, graphNames, type Manifest, manifestSchema } from '../../core/manifest.ts';
import { type Files, writeFolder } from '../../training/files/folders.ts';
import { readJsonFile } from '../../training/files/json-file.ts';
import { readRunRecord } from '../../training/run/record.ts';
import { type OnnxValue, readOnnx } from '../onnx/read-onnx.ts';
import { modelFilesOf, sha256, type WrittenFile } from '../write/write-model.ts';
import { aggregatorOnnx } from './aggregator.ts';
import { configText, type ModelConfig, type Step, type TensorConfig, tritonTypes } from './config.ts';

export const DEFAULT_MAX_BATCH = 64;

interface Graphs {
  readonly manifest: Manifest;
  readonly bytes: Readonly<Record<GraphName, Uint8Array>>;
}

/** @throws missing_data | invalid_model where a graph is not the one of the manifest */
async function graphsOfModel(folder: string): Promise<Graphs> {
  const manifest = await readJsonFile(join(folder, 'manifest.json'), manifestSchema, 'invalid_model');
  const read = async (graph: GraphName): Promise<Uint8Array> => {
    const { file, sha256: expected } = manifest.graphs[graph];
    const path = join(folder, file);
    const bytes = await readFile(path).catch((cause: NodeJS.ErrnoException) => {
      throw new SennError('missing_data', `${path}: cannot be read (${cause.code})`, { path }, cause);
    });
    const actual = sha256(bytes);
    if (actual !== expected) {
      throw new SennError('invalid_model', `${path}: sha256 ${actual} must be ${expected}, as manifest.json says`);
    }
    return bytes;
  };
  const [conceptizer, parameterizer, decoder] = await Promise.all([
    read('conceptizer'),
    read('parameterizer'),
    read('decoder'),
  ]);
  return { manifest, bytes: { conceptizer, parameterizer, decoder } };
}

async function graphsOfRun(folder: string): Promise<Graphs> {
  const { files, manifest } = await modelFilesOf(folder, await readRunRecord(folder));
  const entries = graphNames.map((graph) => [graph, files[manifest.graphs[graph].file] as Uint8Array]);
  return { manifest, bytes: Object.fromEntries(entries) };
}

/** A model folder has a manifest, a run folder a record. */
async function graphsOf(source: string): Promise<Graphs> {
  const isModel = await readFile(join(source, 'manifest.json')).then(
    () => true,
    () => false,
  );
  return isModel ? graphsOfModel(source) : graphsOfRun(source);
}

/** @throws invalid_model where a tensor has no dynamic batch, or a type or a size that Triton cannot be told */
function tensorConfig(model: string, { name, type, dims = [] }: OnnxValue): TensorConfig {
  const [batch, ...sizes] = dims;
  const known = sizes.filter((size) => typeof size === 'number');
  if (typeof batch !== 'string' || known.length < sizes.length || !Object.hasOwn(tritonTypes, type)) {
    const types = Object.keys(tritonTypes).join(', ');
    throw new SennError(
      'invalid_model',
      `${model}: ${name} ${type} [${dims.join(', ')}] must be [batch, …sizes] of ${types}`,
    );
  }
  return { name, data_type: tritonTypes[type as keyof typeof tritonTypes], dims: known };
}

function graphConfig(name: string, bytes: Uint8Array, max_batch_size: number): ModelConfig {
  const { inputs, outputs } = readOnnx(bytes, name);
  return {
    name,
    backend: 'onnxruntime',
    max_batch_size,
    input: inputs.map((value) => tensorConfig(name, value)),
    output: outputs.map((value) => tensorConfig(name, value)),
    dynamic_batching: {},
  };
}

/** Tensors keep their names, so the same name in two models is the same tensor of the ensemble. */
function stepOf({ name, input, output }: ModelConfig): Step {
  const same = (tensors: readonly TensorConfig[]) =>
    Object.fromEntries(tensors.map((tensor) => [tensor.name, tensor.name]));
  return { model_name: name, model_version: -1, input_map: same(input), output_map: same(output) };
}

/** `input` → every output of every step, `probabilities` with the names of the classes. */
function ensembleConfig(name: string, models: readonly ModelConfig[], max_batch_size: number): ModelConfig {
  const input = (models[0] as ModelConfig).input;
  const output = models.flatMap((model) => model.output);
  const labelled = output.map((tensor) =>
    tensor.name === 'probabilities' ? { ...tensor, label_filename: 'labels.txt' } : tensor,
  );
  const ensemble_scheduling = { step: models.map(stepOf) };
  return { name, platform: 'ensemble', max_batch_size, input, output: labelled, ensemble_scheduling };
}

/** Triton counts versions in whole numbers from 1. */
const versionFolder = (version: string): string => (/^[1-9]\d*$/.test(version) ? version : '1');

/** The folders of a repository and their files: the three graphs, the aggregator, and the ensemble of all four. */
function repositoryOf({ manifest, bytes }: Graphs, maxBatch: number): Record<string, Files> {
  const { name, classes, concepts } = manifest;
  const version = versionFolder(manifest.version);
  const graphs: [string, Uint8Array][] = [
    ...graphNames.map((graph): [string, Uint8Array] => [`${name}-${graph}`, bytes[graph]]),
    [`${name}-aggregator`, aggregatorOnnx(`${name}-aggregator`, concepts.length, classes.length)],
  ];
  const configs = graphs.map(([folder, onnx]) => graphConfig(folder, onnx, maxBatch));
  return {
    ...Object.fromEntries(
      graphs.map(([folder, onnx], i) => [
        folder,
        { 'config.pbtxt': configText(configs[i] as ModelConfig), [`${version}/model.onnx`]: onnx },
      ]),
    ),
    // A version of an ensemble holds no model, but Triton wants its folder to be there.
    [name]: {
      'config.pbtxt': configText(ensembleConfig(name, configs, maxBatch)),
      'labels.txt': `${classes.join('\n')}\n`,
      [`${version}/manifest.json`]: `${JSON.stringify(manifest, undefined, 2)}\n`,
    },
  };
}

/**
 * Lays a model out in a Triton model repository, beside the models that are there already. Each of its folders is
 * written whole or not at all, the ensemble last.
 * @param source a model folder, or a run folder
 * @throws missing_data | invalid_config | invalid_model | shape_mismatch | unsupported_layer | missing_backend
 */
export async function writeTritonRepository(
  source: string,
  repository: string,
  maxBatch: number = DEFAULT_MAX_BATCH,
): Promise<WrittenFile[]> {
  const folders = Object.entries(repositoryOf(await graphsOf(source), maxBatch));
  for (const [folder, files] of folders) await writeFolder(join(repository, folder), files, 'config.pbtxt');
  return folders.flatMap(([folder, files]) =>
    Object.entries(files).map(([file, content]) => ({
      file: join(repository, folder, file),
      bytes: Buffer.byteLength(content as Uint8Array | string),
    })),
  );
}
