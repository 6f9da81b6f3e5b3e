import { open, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { z } from 'zod';
import { SennError } from '../../core/errors.ts';
import { sizeOf } from '../../core/tensor.ts';
import { readJsonFile } from '../../training/files/json-file.ts';
import { refuseEmpty } from './inputs.ts';
import { refuseEmptyTopology, tidyTopology } from './topology.ts';
// Makes the project's own layers known to tfjs: those of every kind of model.
import '../../training/kinds/index.ts';
import '../../training/networks/feature-scaling.ts';

/** Bytes of one element in a weight file. A quantized weight is stored in the type it is quantized to. */
const bytesOf = { float32: 4, int32: 4, float16: 2, uint16: 2, uint8: 1, bool: 1 } as const;
const elementType = z.enum(Object.keys(bytesOf) as (keyof typeof bytesOf)[]);

/** Half precision, or whole numbers that stand for `scale·n + min` (tensorflowjs_converter, --quantize_*). */
const quantization = z.discriminatedUnion('dtype', [
  z.looseObject({ dtype: z.literal('float16') }),
  z.looseObject({ dtype: z.enum(['uint8', 'uint16']), scale: z.number(), min: z.number() }),
]);

const weightSpec = z.looseObject({
  name: z.string(),
  shape: z.array(z.int().nonnegative()),
  dtype: elementType,
  quantization: quantization.optional(),
});

/** A path below the folder of `model.json`. */
const shardPath = z
  .string()
  .min(1)
  .refine((path) => !path.startsWith('/') && !path.split(/[\\/]/).includes('..'), 'must be below the model');

const LAYERS_MODEL = 'layers-model';

/** Looked at first: nothing else that a graph model holds is what a LayersModel must have. */
const ofLayers = z
  .looseObject({ format: z.string().default(LAYERS_MODEL), modelTopology: z.record(z.string(), z.unknown()) })
  .refine(({ format, modelTopology }) => format === LAYERS_MODEL && !Array.isArray(modelTopology['node']), {
    path: ['format'],
    message: `must be "${LAYERS_MODEL}"; a graph model holds operators, and no layers that could be exported: convert its Keras model with --output_format tfjs_layers_model, or its SavedModel with tf2onnx`,
  });

/** `model.json` of a LayersModel. What it says of the optimizer is not read. */
const modelJson = ofLayers.pipe(
  z.looseObject({
    format: z.literal(LAYERS_MODEL),
    generatedBy: z.string().nullish(),
    convertedBy: z.string().nullish(),
    modelTopology: z.record(z.string(), z.unknown()),
    weightsManifest: z.array(z.looseObject({ paths: z.array(shardPath), weights: z.array(weightSpec) })),
  }),
);
type ModelJson = z.infer<typeof modelJson>;

type Group = ModelJson['weightsManifest'][number];

const bytesNeeded = ({ weights }: Group): number =>
  weights.reduce(
    (sum, { shape, dtype, quantization: stored }) => sum + sizeOf(shape) * bytesOf[stored?.dtype ?? dtype],
    0,
  );

/** Node reads less than 2 GiB at once; a weight file may have more. */
const PIECE = 2 ** 30;

const unreadable =
  (path: string) =>
  (cause: unknown): never => {
    throw new SennError('missing_data', `${path}: weight file cannot be read`, { path }, cause);
  };

/** Reads a file into memory that has room for it. @returns its size, which may be more than the room */
async function readShard(path: string, room: Uint8Array): Promise<number> {
  const file = await open(path);
  try {
    const { size } = await file.stat();
    const wanted = Math.min(size, room.length);
    for (let filled = 0; filled < wanted; ) {
      const { bytesRead } = await file.read(room, filled, Math.min(wanted - filled, PIECE));
      if (bytesRead === 0) return filled;
      filled += bytesRead;
    }
    return size;
  } finally {
    await file.close();
  }
}

/** @throws invalid_model where the shards of a group do not hold exactly what its weights need */
function checkSize(files: readonly string[], actual: number, expected: number): void {
  if (actual === expected) return;
  throw new SennError(
    'invalid_model',
    `${files.join(' + ') || 'weightsManifest without paths'}: ${actual} bytes must be the ${expected} that the weights in model.json take`,
    { files, actual, expected },
  );
}

/** One group of weights. @param room for exactly what it needs */
async function readGroup(files: readonly string[], room: Uint8Array): Promise<void> {
  let size = 0;
  for (const path of files) size += await readShard(path, room.subarray(size)).catch(unreadable(path));
  checkSize(files, size, room.length);
}

/**
 * The weights of every group, one after the other, which are read into one piece of memory: what model.json says of their
 * sizes is held against the files first.
 */
async function readWeights(folder: string, groups: readonly Group[]): Promise<ArrayBuffer> {
  const parts = groups.map((group) => ({
    files: group.paths.map((path) => join(folder, path)),
    bytes: bytesNeeded(group),
  }));
  for (const { files, bytes } of parts) {
    const sizes = await Promise.all(files.map(async (path) => (await stat(path).catch(unreadable(path))).size));
    checkSize(
      files,
      sizes.reduce((sum, size) => sum + size, 0),
      bytes,
    );
  }
  const all = new Uint8Array(parts.reduce((sum, { bytes }) => sum + bytes, 0));
  let offset = 0;
  for (const { files, bytes } of parts) {
    await readGroup(files, all.subarray(offset, offset + bytes));
    offset += bytes;
  }
  return all.buffer;
}

/** Where a model comes from, as its `model.json` says it: which class it is, and what has saved and converted it. */
function sourceOf({ format, generatedBy, convertedBy, modelTopology }: ModelJson): Record<string, string> {
  const keras = modelTopology['model_config'] ?? modelTopology; // of the converter, of tfjs
  const told = {
    'source.format': format,
    'source.generatedBy': generatedBy,
    'source.convertedBy': convertedBy,
    'source.class': (keras as Record<string, unknown>)['class_name'],
    'source.kerasVersion': modelTopology['keras_version'],
    'source.backend': modelTopology['backend'],
  };
  return Object.fromEntries(
    Object.entries(told).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  );
}

/** Why tfjs did not make the model, where its own words do not say of what they are. */
function reasonOf({ message }: Error, specs: readonly tf.io.WeightsManifestEntry[]): string {
  const [, wanted, found] = /^Shape mismatch: \[(.*)\] vs\. \[(.*)\]/.exec(message) ?? [];
  if (wanted !== undefined) {
    const names = specs.filter(({ shape }) => shape.join() === found).map(({ name }) => `"${name}"`);
    return `weight ${names.join(' or ')} [${found?.replaceAll(',', ', ')}] in weightsManifest must be [${wanted.replaceAll(',', ', ')}], as its layer in modelTopology says`;
  }
  const [, layer] = /^Unknown layer: (\w+)/.exec(message) ?? [];
  if (layer !== undefined) {
    return `TensorFlow.js has no layer "${layer}"; register your own in a program (tf.serialization.registerClass) and export there, by layersModelToOnnx(model, { emitters: { ${layer}: … } }) of senn-onnx/export (docs/layers.md)`;
  }
  return /^(Invalid typed array length|Array buffer allocation failed)/.test(message)
    ? `the layers of modelTopology have larger weights than there is memory for (${message})`
    : message;
}

/** A model, and as entries of metadata where it comes from. */
export interface LoadedModel {
  readonly model: tfl.LayersModel;
  readonly source: Readonly<Record<string, string>>;
}

/**
 * A tfjs LayersModel from `model.json` and the weight files beside it, as `model.save` lays them out.
 * A tfjs backend must be set.
 * @throws missing_data (no such file) | invalid_model
 */
export async function loadLayersModel(path: string): Promise<tfl.LayersModel> {
  return (await loadWithSource(path)).model;
}

/** As `loadLayersModel`, with what the file says of itself. */
export async function loadWithSource(path: string): Promise<LoadedModel> {
  const json = await readJsonFile(path, modelJson, 'invalid_model');
  const { modelTopology, weightsManifest } = json;
  tidyTopology(modelTopology, path);
  refuseEmptyTopology(modelTopology, path);
  const weightData = await readWeights(dirname(path), weightsManifest);
  const weightSpecs = weightsManifest.flatMap(({ weights }) => weights) as tf.io.WeightsManifestEntry[];
  try {
    const model = await tfl.loadLayersModel({ load: async () => ({ modelTopology, weightSpecs, weightData }) });
    refuseEmpty(model);
    return { model, source: sourceOf(json) };
  } catch (cause) {
    throw new SennError('invalid_model', `${path}: ${reasonOf(cause as Error, weightSpecs)}`, { path }, cause);
  }
}
