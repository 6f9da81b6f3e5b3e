import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { z } from 'zod';
import { SennError } from '../core/errors.ts';
import { sizeOf } from '../core/tensor.ts';
import { readJsonFile } from '../training/json-file.ts';

/** Bytes of one element in a weight file. A quantized weight is stored in the type it is quantized to. */
const bytesOf = { float32: 4, int32: 4, float16: 2, uint16: 2, uint8: 1, bool: 1 } as const;
const elementType = z.enum(Object.keys(bytesOf) as (keyof typeof bytesOf)[]);

const weightSpec = z.looseObject({
  name: z.string(),
  shape: z.array(z.int().nonnegative()),
  dtype: elementType,
  quantization: z.looseObject({ dtype: elementType }).optional(),
});

/** A path below the folder of `model.json`. */
const shardPath = z
  .string()
  .min(1)
  .refine((path) => !path.startsWith('/') && !path.split(/[\\/]/).includes('..'), 'must be below the model');

/** `model.json` of a LayersModel. What it says of the optimizer is not read. */
const modelJson = z.looseObject({
  format: z.literal('layers-model', 'must be "layers-model"; a graph model has no layers to export').optional(),
  modelTopology: z.record(z.string(), z.unknown()),
  weightsManifest: z.array(z.looseObject({ paths: z.array(shardPath), weights: z.array(weightSpec) })),
});
type ModelJson = z.infer<typeof modelJson>;

/** The bytes of one group of weights, whose shards together hold exactly what its weights need. */
async function readGroup(
  folder: string,
  { paths, weights }: ModelJson['weightsManifest'][number],
): Promise<Uint8Array> {
  const files = paths.map((path) => join(folder, path));
  const shards = await Promise.all(
    files.map((path) =>
      readFile(path).catch((cause: unknown) => {
        throw new SennError('missing_data', `${path}: weight file cannot be read`, { path }, cause);
      }),
    ),
  );
  const bytes = Buffer.concat(shards);
  const needed = weights.reduce(
    (sum, { shape, dtype, quantization }) => sum + sizeOf(shape) * bytesOf[quantization?.dtype ?? dtype],
    0,
  );
  if (bytes.length !== needed) {
    throw new SennError(
      'invalid_model',
      `${files.join(' + ')}: ${bytes.length} bytes must be the ${needed} that the weights in model.json take`,
      { files, actual: bytes.length, expected: needed },
    );
  }
  return bytes;
}

/**
 * A tfjs LayersModel from `model.json` and the weight files beside it, as `model.save` lays them out.
 * A tfjs backend must be set.
 * @throws missing_data (no such file) | invalid_model
 */
export async function loadLayersModel(path: string): Promise<tfl.LayersModel> {
  const { modelTopology, weightsManifest } = await readJsonFile(path, modelJson, 'invalid_model');
  const groups = await Promise.all(weightsManifest.map((group) => readGroup(dirname(path), group)));
  const weightData = new Uint8Array(Buffer.concat(groups)).buffer;
  const weightSpecs = weightsManifest.flatMap(({ weights }) => weights) as tf.io.WeightsManifestEntry[];
  try {
    return await tfl.loadLayersModel({ load: async () => ({ modelTopology, weightSpecs, weightData }) });
  } catch (cause) {
    throw new SennError('invalid_model', `${path}: ${(cause as Error).message}`, { path }, cause);
  }
}
