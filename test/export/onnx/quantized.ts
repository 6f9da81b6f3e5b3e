import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type * as tfl from '@tensorflow/tfjs-layers';
import { saveLayersModel } from '../write/run-folder.ts';

/** Weights quantized as TensorFlow.js's converter writes them, for the reader of `model.json`. */

export type Quantization = 'float16' | 'uint16' | 'uint8';

interface Quantized {
  readonly bytes: Uint8Array;
  readonly quantization: { readonly dtype: Quantization; readonly scale?: number; readonly min?: number };
}

/** The nearest half-precision number of a normal float32 (IEEE 754), rounded half up. */
function half(value: number): number {
  const [bits] = new Uint32Array(Float32Array.of(value).buffer) as unknown as [number];
  const exponent = ((bits >>> 23) & 0xff) - 127 + 15;
  if (exponent <= 0) return 0;
  return ((bits >>> 16) & 0x8000) | (((exponent << 10) | ((bits >>> 13) & 0x3ff)) + ((bits >>> 12) & 1));
}

function quantize(values: Float32Array, dtype: Quantization): Quantized {
  if (dtype === 'float16') {
    return { bytes: new Uint8Array(Uint16Array.from(values, half).buffer), quantization: { dtype } };
  }
  const [min, max] = [Math.min(...values), Math.max(...values)];
  const scale = (max - min) / (dtype === 'uint8' ? 255 : 65535);
  const rounded = Array.from(values, (value) => Math.round((value - min) / scale));
  const steps = dtype === 'uint8' ? Uint8Array.from(rounded) : Uint16Array.from(rounded);
  return { bytes: new Uint8Array(steps.buffer), quantization: { dtype, scale, min } };
}

/** A model as `tensorflowjs_converter --quantize_*` leaves it: every weight of fewer bits, cut into `shards` files. */
export async function saveQuantized(
  model: tfl.LayersModel,
  folder: string,
  dtype: Quantization,
  shards: number,
): Promise<void> {
  await saveLayersModel(model, folder, 1);
  const path = join(folder, 'model.json');
  const json = JSON.parse(await readFile(path, 'utf8'));
  const [group] = json.weightsManifest;
  await rm(join(folder, group.paths[0]));
  const quantized = model.getWeights().map((weight) => quantize(weight.dataSync() as Float32Array, dtype));
  const bytes = Buffer.concat(quantized.map((one) => one.bytes));
  const size = Math.ceil(bytes.length / shards);
  group.paths = Array.from({ length: shards }, (_, i) => `group1-shard${i + 1}of${shards}.bin`);
  group.weights.forEach((spec: Record<string, unknown>, i: number) => {
    spec['quantization'] = quantized[i]?.quantization;
  });
  for (const [i, name] of group.paths.entries()) {
    await writeFile(join(folder, name), bytes.subarray(i * size, (i + 1) * size));
  }
  await writeFile(path, JSON.stringify(json));
}
