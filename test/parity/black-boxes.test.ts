import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { importModel } from '../../export/black-box/import-model.ts';
import { openSession } from '../../serve/inference/onnxruntime.ts';
import { expectClose } from '../helpers/close.ts';
import {
  attributionOf,
  type BlackBoxServer,
  instancesOf,
  serveBlackBoxes,
  sumsOfParts,
  superpixelQuestion,
} from './black-box-server.ts';
import { askPython, pythonWith } from './python.ts';
import { expectSame } from './sampled.ts';

/** A forest of scikit-learn and a CNN: imported, served, and explained as shap and lime explain them. */

const { python, hasPackages } = await pythonWith('SENN_EXPLAINERS', 'lime', 'onnx', 'onnxruntime', 'shap', 'skl2onnx');

const SEEDS = 8;
const SIDE = 12;
const ABSOLUTE = { absolute: 2e-6, relative: 0 } as const; // float32 logits of up to 16, through other batches

async function ask<Answer>(name: string, question: unknown): Promise<Answer> {
  const answers = await askPython<Record<string, Answer>>(python, 'black_boxes.py', { [name]: question });
  return answers[name] as Answer;
}

let folder: string;
let server: BlackBoxServer;
let made: { readonly rows: number[][]; readonly probabilities: number[][] };

beforeAll(async () => {
  if (!hasPackages) return;
  folder = await mkdtemp(join(tmpdir(), 'senn-black-boxes-'));
  made = await ask('make', folder);
  const options = (name: string) => ({ out: join(folder, 'models', name), version: '1', labels: 'a,b,c' });
  await importModel(
    join(folder, 'forest.onnx'),
    { ...options('forest'), input: join(folder, 'rows.csv') },
    openSession,
  );
  const image = { input: `${SIDE}x${SIDE}x1`, foreground: 'light' } as const;
  await importModel(join(folder, 'cnn.onnx'), { ...options('cnn'), ...image }, openSession);
  server = await serveBlackBoxes(join(folder, 'models'), ['forest', 'cnn']);
}, 120_000);
afterAll(async () => {
  await server?.close();
  if (folder !== undefined) await rm(folder, { recursive: true });
});

describe.skipIf(!hasPackages)('a black box over HTTP', () => {
  it('of scikit-learn has its probabilities, the values of shap, and those of lime within their sampling error', async () => {
    const instances = instancesOf(server.models.named('forest').manifest, made.rows);
    const found = await server.explained('forest', 'explain=kernel-shap', instances);
    expectClose(
      found.flatMap(({ probabilities }) => probabilities),
      made.probabilities.flat(),
      { absolute: 1e-5, relative: 0 },
    );
    const shaps = found.map((one) => attributionOf(one, 'kernel-shap'));
    expect(shaps.map(({ queries, features }) => queries / 2 ** (features?.length ?? 0))).toEqual([1, 1, 1]);
    const theirs = await ask<{ shap: number[][]; lime: number[][][] }>('table', {
      model: join(folder, 'forest.onnx'),
      training: join(folder, 'rows.csv'),
      rows: made.rows,
      classes: found.map(({ index }) => index),
      baseline: shaps[0]?.baseline.values,
      seeds: SEEDS,
    });
    expectClose(
      shaps.flatMap(({ values }) => values),
      theirs.shap.flat(),
      ABSOLUTE,
    );
    const limes: number[][] = [];
    for (let seed = 0; seed < SEEDS; seed++) {
      const answers = await server.explained('forest', `explain=lime&seed=${seed}`, instances);
      expect(answers.map((one) => attributionOf(one, 'lime').drawn)).toEqual(made.rows.map(() => 'quartiles'));
      limes.push(answers.flatMap((one) => attributionOf(one, 'lime').values));
    }
    expectSame(
      limes,
      theirs.lime.map((run) => run.flat()),
    );
  });

  it('of images has the values of shap on the same superpixels, and those of lime within their sampling error', async () => {
    const pixels = Float32Array.from({ length: SIDE * SIDE }, (_, i) => 0.5 + 0.5 * Math.sin(i * i));
    const model = server.models.named('cnn');
    const tensor = { shape: [1, 1, SIDE, SIDE], data: pixels };
    const explained = async (name: 'kernel-shap' | 'lime', seed: number) => {
      const asked = { names: [name], queries: undefined, seed };
      const { value } = await model.attributions({ kind: 'tensor', tensor }, asked);
      return value[0]?.[name] ?? expect.fail(`no ${name}`);
    };
    const shap = await explained('kernel-shap', 0);
    const { pixels: square, labels } = superpixelQuestion(pixels, SIDE);
    const theirs = await ask<{ shap: number[][]; lime: number[][] }>('image', {
      model: join(folder, 'cnn.onnx'),
      pixels: square,
      labels,
      mean: 0,
      deviation: 1,
      class: shap.class.index,
      seeds: SEEDS,
    });
    const sums = sumsOfParts(model.manifest, pixels, shap);
    expect(shap.queries).toBe(2 ** sums.length);
    expectClose(sums, theirs.shap[0] as number[], { absolute: 1e-5, relative: 0 }); // the shares of pixels are float32
    const limes: number[][] = [];
    for (let seed = 0; seed < SEEDS; seed++) {
      limes.push(sumsOfParts(model.manifest, pixels, await explained('lime', seed)));
    }
    expectSame(limes, theirs.lime);
  });
});
