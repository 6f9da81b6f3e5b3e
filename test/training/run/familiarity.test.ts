import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Predictor } from '../../../core/predictor.ts';
import { randomStream } from '../../../core/random.ts';
import { tensor } from '../../../core/tensor.ts';
import { exportRun } from '../../../export/write/write-model.ts';
import { openSession } from '../../../serve/inference/onnxruntime.ts';
import { loadPredictor } from '../../../serve/models/model-folder.ts';
import { executeRun } from '../../../training/run/execute.ts';
import type { RunRecord } from '../../../training/run/record.ts';
import { useBackend } from '../backends/installed.ts';
import { CLASSES, SIZE, tinyConfig, tinySplit } from '../tiny.ts';

/** A run on a few hundred images, through ONNX: it knows its own kind of image from others. */

let folder = '';
let record: RunRecord;
let predictor: Predictor;
beforeAll(async () => {
  await useBackend('wasm');
  folder = await mkdtemp(join(tmpdir(), 'senn-familiarity-'));
  const split = tinySplit(300);
  const nothing = () => {};
  record = await executeRun({
    config: tinyConfig({
      data: { name: 'mnist', validation: 0 },
      conceptizer: {
        kind: 'convolutional-vae',
        concepts: 3,
        convolutions: [{ filters: 4 }],
        hidden: [16],
        beta: 0.1,
        standardize: false,
      },
      conceptWeight: 1,
      robustness: { estimator: 'probe', weight: 0 },
      epochs: 20,
      batchSize: 30,
    }),
    dataset: {
      name: 'rows',
      input: { kind: 'image', channels: 1, height: SIZE, width: SIZE },
      classes: Array.from({ length: CLASSES }, (_, c) => `row ${c}`),
      train: split,
      test: tinySplit(60),
      sha256: '0'.repeat(64),
    },
    ...{ backend: 'wasm', out: join(folder, 'run'), resume: false, now: () => 0, reportEvery: 1000 },
    ...{ onProgress: nothing, onEpoch: nothing },
  });
  await exportRun(join(folder, 'run'), join(folder, 'tiny'));
  predictor = await loadPredictor(join(folder, 'tiny'), openSession);
}, 120_000);
afterAll(async () => {
  await predictor?.close();
  await rm(folder, { recursive: true });
});

/** Share of images that are familiar. */
async function familiar(images: Float32Array): Promise<number> {
  const N = images.length / SIZE ** 2;
  const predictions = await predictor.predict(tensor(images, [N, 1, SIZE, SIZE]), { explain: ['familiarity'] });
  return predictions.filter(({ familiarity }) => familiarity?.familiar).length / N;
}

it('the record and the manifest tell the errors of the training set, and the model offers familiarity', () => {
  expect(record.familiarity?.squared.at(-1)).toBeGreaterThan(0);
  expect(predictor.manifest.familiarity).toEqual(record.familiarity);
  expect(predictor.manifest.artefacts).toEqual(
    expect.arrayContaining(['prototypes', 'lowPrototypes', 'contrasts', 'familiarity']),
  );
});

it('test images are familiar; noise, images turned dark to light and empty ones are not', async () => {
  const test = tinySplit(60).gather(Int32Array.from({ length: 60 }, (_, n) => n));
  const random = randomStream(5);
  expect(await familiar(test)).toBeGreaterThanOrEqual(0.95);
  expect(await familiar(Float32Array.from({ length: 20 * SIZE ** 2 }, () => random.integer(256) / 255))).toBe(0);
  expect(await familiar(test.map((value) => 1 - value))).toBe(0);
  expect(await familiar(new Float32Array(SIZE ** 2))).toBe(0);
});
