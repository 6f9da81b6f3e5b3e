import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { layersModelToOnnx } from '../../export/index.ts';
import { writeOnnx } from '../../export/write/write-onnx.ts';
import { createModel } from './model.ts';
import type { Lane, Measurement } from './protocol.ts';

/**
 * One export in a process of its own, so that its peak memory is its own: prints a `Measurement` as JSON.
 * usage: child.ts LANE PARAMETERS
 */
const [lane, parameters] = process.argv.slice(2) as [Lane, string];

/** What each lane does with the model. @returns bytes of what it made */
const exports: Readonly<Record<Lane, (model: tf.LayersModel, folder: string) => Promise<number>>> = {
  bytes: async (model) => layersModelToOnnx(model).length,
  file: async (model, folder) => total(await writeOnnx(model, join(folder, 'model.onnx'))),
  external: async (model, folder) => total(await writeOnnx(model, join(folder, 'model.onnx'), { externalData: true })),
};
const total = (files: readonly { readonly bytes: number }[]): number =>
  files.reduce((sum, { bytes }) => sum + bytes, 0);

await tf.setBackend('cpu');
await tf.ready();
const model = createModel(Number(parameters));
// The code is compiled, and what it loads is loaded, before the clock runs.
layersModelToOnnx(createModel(1000));
globalThis.gc?.();

const modelBytes = 4 * model.countParams();
const folder = await mkdtemp(join(tmpdir(), 'senn-bench-export-'));
try {
  const before = process.memoryUsage().rss;
  const start = performance.now();
  const bytes = await exports[lane](model, folder);
  const seconds = (performance.now() - start) / 1000;
  // The highest of the whole process until now, in KiB; the model itself lies below `before`.
  const peak = 1024 * process.resourceUsage().maxRSS;
  const extraBytes = Math.max(peak - before, 0);
  const measurement: Measurement = { seconds, bytes, modelBytes, memoryRatio: (modelBytes + extraBytes) / modelBytes };
  console.log(JSON.stringify(measurement));
} finally {
  await rm(folder, { recursive: true });
}
