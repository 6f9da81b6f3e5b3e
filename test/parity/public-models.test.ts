import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import * as ort from 'onnxruntime-node';
import { beforeAll, describe, expect, it } from 'vitest';
import { GOLDEN_TOLERANCE } from '../../core/golden.ts';
import { layersModelToOnnx } from '../../export/index.ts';
import { loadLayersModel } from '../../export/layers-model/load-layers-model.ts';
import { startBackend } from '../export/parity.ts';
import { seededValues } from '../export/seeded-values.ts';
import { expectClose } from '../helpers/close.ts';

/**
 * Models that others have published, with the weights that they have learned, do in ONNX Runtime what they do in
 * TensorFlow.js. Where they lie: scripts/setup-public-models.sh.
 */

const root = process.env['SENN_PUBLIC_MODELS'] ?? join(import.meta.dirname, '../../.public-models');

const paths = existsSync(root)
  ? (await readdir(root, { recursive: true })).filter((path) => /(^|\/)model\.json$/.test(path)).toSorted()
  : [];
if (paths.length === 0) {
  process.stderr.write(`skipped: no model.json in ${root}; scripts/setup-public-models.sh puts some there\n`);
}

/** For the axes that are open: sides that are no multiples of each other. */
const OPEN = [24, 36];

/** Values of pixels, between 0 and 1. */
const pixels = (seed: number, shape: readonly number[]): tf.Tensor => {
  const count = shape.reduce((a, b) => a * b);
  return tf.tensor(
    seededValues(seed, count).map((value) => (value + 1) / 2),
    [...shape],
  );
};

beforeAll(() => startBackend('wasm'));

describe.skipIf(paths.length === 0)('models of others', () => {
  it.each(paths)('%s', async (path) => {
    const model = await loadLayersModel(join(root, path)).catch((error: Error) => error);
    if (model instanceof Error) {
      expect([relative(root, dirname(path)), model.message]).toEqual([
        expect.anything(),
        expect.stringContaining('a graph model holds operators, and no layers'),
      ]);
      return;
    }
    const session = await ort.InferenceSession.create(layersModelToOnnx(model, { imageLayout: 'NHWC' }));
    for (const batch of [1, 2]) {
      const inputs = model.inputs.map(({ shape }, i) => {
        let open = 0;
        return pixels(7 * batch + i, [batch, ...shape.slice(1).map((size) => size ?? (OPEN[open++ % 2] as number))]);
      });
      const expected = [model.predict(inputs)].flat();
      const feeds = inputs.map((t, i) => [
        session.inputNames[i] as string,
        new ort.Tensor('float32', t.dataSync() as Float32Array, t.shape),
      ]);
      const results = await session.run(Object.fromEntries(feeds));
      expected.forEach((t, i) => {
        const actual = results[session.outputNames[i] as string] as ort.Tensor;
        expect(actual.dims).toEqual(t.shape);
        expectClose(actual.data as Float32Array, t.dataSync(), GOLDEN_TOLERANCE);
      });
      tf.dispose([inputs, expected]);
    }
    await session.release();
    model.dispose();
  });
});
