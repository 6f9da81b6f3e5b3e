import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type PredictResponse, predictResponseSchema } from '../../core/api.ts';
import type { AttributionAnswer } from '../../core/attributions/answers/schema.ts';
import { partsOf, superpixelsAsked } from '../../core/attributions/shared/parts.ts';
import { superpixelsOf } from '../../core/images/regions/slic.ts';
import { importModel } from '../../export/black-box/import-model.ts';
import { createApp } from '../../serve/http/app.ts';
import { openSession } from '../../serve/inference/onnxruntime.ts';
import { expectClose } from '../helpers/close.ts';
import { listenOn, openModels, type TestModels, type TestServer } from '../serve/fixtures.ts';
import { pythonWith } from './python.ts';
import { expectSame } from './sampled.ts';

/** A forest of scikit-learn and a CNN as PyTorch exports one: imported, served, and explained as shap and lime explain them. */

const { python, hasPackages } = await pythonWith('SENN_EXPLAINERS', 'lime', 'onnx', 'onnxruntime', 'shap', 'skl2onnx');

const SEEDS = 8;
const SIDE = 12;
const ABSOLUTE = { absolute: 2e-6, relative: 0 } as const; // float32 logits of up to 16, through other batches

async function askPython<Answer>(name: string, question: unknown): Promise<Answer> {
  const child = spawn(python, [join(import.meta.dirname, 'black_boxes.py')], { stdio: ['pipe', 'pipe', 'pipe'] });
  const answer = Promise.all([text(child.stdout), text(child.stderr)]);
  child.stdin.end(JSON.stringify({ [name]: question }));
  const [output, complaint] = await answer;
  if (output === '') expect.fail(complaint);
  return (JSON.parse(output) as Record<string, Answer>)[name] as Answer;
}

let folder: string;
let models: TestModels;
let server: TestServer;
let made: { readonly rows: number[][]; readonly probabilities: number[][] };

beforeAll(async () => {
  if (!hasPackages) return;
  folder = await mkdtemp(join(tmpdir(), 'senn-black-boxes-'));
  made = await askPython('make', folder);
  const options = (name: string) => ({ out: join(folder, 'models', name), version: '1', labels: 'a,b,c' });
  await importModel(
    join(folder, 'forest.onnx'),
    { ...options('forest'), input: join(folder, 'rows.csv') },
    openSession,
  );
  const image = { input: `${SIDE}x${SIDE}x1`, foreground: 'light' } as const;
  await importModel(join(folder, 'cnn.onnx'), { ...options('cnn'), ...image }, openSession);
  models = await openModels(['forest', 'cnn'].map((name) => join(folder, 'models', name)));
  const page = { kind: 'missing', reason: 'no page' } as const;
  server = await listenOn(createApp({ models, logger: pino({ level: 'silent' }), page }));
}, 120_000);
afterAll(async () => {
  await server?.close();
  await models?.close();
  if (folder !== undefined) await rm(folder, { recursive: true });
});

async function explained(model: string, query: string, instances: unknown[]): Promise<PredictResponse['predictions']> {
  const response = await fetch(`${server.url}/predict?model=${model}&${query}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ instances }),
  });
  expect(response.status, await response.clone().text()).toBe(200);
  return predictResponseSchema.parse(await response.json()).predictions;
}

const of = ({ attributions }: PredictResponse['predictions'][number], name: string): AttributionAnswer =>
  (attributions as Record<string, AttributionAnswer> | undefined)?.[name] ?? expect.fail(`no ${name}`);

describe.skipIf(!hasPackages)('a black box over HTTP', () => {
  it('of scikit-learn has its probabilities, the values of shap, and those of lime within their sampling error', async () => {
    const { input } = models.named('forest').manifest;
    const names = input.kind === 'tabular' ? input.features.map(({ name }) => name) : [];
    const instances = made.rows.map((row) => ({
      features: Object.fromEntries(names.map((name, f) => [name, row[f]])),
    }));
    const found = await explained('forest', 'explain=kernel-shap', instances);
    expectClose(
      found.flatMap(({ probabilities }) => probabilities),
      made.probabilities.flat(),
      { absolute: 1e-5, relative: 0 },
    );
    const shaps = found.map((one) => of(one, 'kernel-shap'));
    expect(shaps.map(({ queries }) => queries)).toEqual(made.rows.map(() => 2 ** names.length));
    const theirs = await askPython<{ shap: number[][]; lime: number[][][] }>('table', {
      folder,
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
      const answers = await explained('forest', `explain=lime&seed=${seed}`, instances);
      expect(answers.map((one) => of(one, 'lime').drawn)).toEqual(made.rows.map(() => 'quartiles'));
      limes.push(answers.flatMap((one) => of(one, 'lime').values));
    }
    expectSame(
      limes,
      theirs.lime.map((run) => run.flat()),
    );
  });

  it('of images has the values of shap on the same superpixels', async () => {
    const pixels = Float32Array.from({ length: SIDE * SIDE }, (_, i) => 0.5 + 0.5 * Math.sin(i * i));
    const model = models.named('cnn');
    const tensor = { shape: [1, 1, SIDE, SIDE], data: pixels };
    const asked = { names: ['kernel-shap'], queries: undefined, seed: 0 } as const;
    const { value } = await model.attributions({ kind: 'tensor', tensor }, asked);
    const found = value[0]?.['kernel-shap'] ?? expect.fail('no kernel-shap');
    const labels = superpixelsOf({ shape: [1, SIDE, SIDE], data: pixels }, superpixelsAsked(SIDE, SIDE));
    const parts = partsOf(model.manifest, pixels);
    const theirs = await askPython<{ shap: number[] }>('image', {
      folder,
      pixels: Array.from({ length: SIDE }, (_, y) => Array.from(pixels.subarray(y * SIDE, (y + 1) * SIDE))),
      labels: Array.from({ length: SIDE }, (_, y) => Array.from(labels.subarray(y * SIDE, (y + 1) * SIDE))),
      class: found.class.index,
    });
    const sums = parts.map(({ features }) => features.reduce((sum, f) => sum + (found.values[f] as number), 0));
    expect(found.queries).toBe(2 ** parts.length);
    expectClose(sums, theirs.shap, { absolute: 1e-5, relative: 0 }); // the shares of pixels are float32
  });
});
