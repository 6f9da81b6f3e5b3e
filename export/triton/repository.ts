import { join } from 'node:path';
import { SennError } from '../../core/errors.ts';
import type { GraphName, Manifest } from '../../core/manifest.ts';
import { type Files, writeFolder } from '../../training/files/folders.ts';
import { readRunRecord } from '../../training/run/record.ts';
import { type OnnxValue, readOnnx } from '../onnx/read-onnx.ts';
import type { WrittenGraph } from '../write/forward-model.ts';
import { modelFilesOf } from '../write/model-files.ts';
import { isModelFolder, readGraphs, readModelManifest } from '../write/upgrade-model.ts';
import type { WrittenFile } from '../write/write-model.ts';
import { aggregatorOnnx } from './aggregator.ts';
import { configText, type ModelConfig, type Step, type TensorConfig, tritonTypes } from './config.ts';

/**
 * A Triton model repository from a model: a folder for each graph, the aggregator, and the ensemble that joins
 * them.
 */

export const DEFAULT_MAX_BATCH = 64;

interface Graphs {
  readonly manifest: Manifest;
  readonly graphs: Readonly<Partial<Record<GraphName, WrittenGraph>>>;
}

/**
 * The graphs of the ensemble: neither the merged one, whose parts it has, nor the gradient, which asks for more than the
 * input. A model folder has a manifest, a run folder a record.
 */
async function graphsOf(source: string): Promise<Graphs> {
  if (await isModelFolder(source)) {
    const manifest = await readModelManifest(source);
    const { gradient: _, ...graphs } = await readGraphs(source, manifest);
    return { manifest, graphs };
  }
  const { files, manifest } = await modelFilesOf(source, await readRunRecord(source));
  const entries = Object.entries(manifest.graphs).filter(([name]) => name !== 'model');
  return {
    manifest,
    graphs: Object.fromEntries(
      entries.map(([name, { file, ...ports }]) => [name, { ...ports, bytes: files[file] as Uint8Array }]),
    ),
  };
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

/** The folders of a repository and their files: the graphs, the aggregator, and the ensemble of all of them. */
function repositoryOf({ manifest, graphs: own }: Graphs, maxBatch: number): Record<string, Files> {
  const { name, classes, concepts } = manifest;
  const version = versionFolder(manifest.version);
  const graphs: [string, Uint8Array][] = [
    ...Object.entries(own).map(([graph, { bytes }]): [string, Uint8Array] => [`${name}-${graph}`, bytes]),
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
