import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { exportRun } from '../../../export/write/write-model.ts';
import { type Config, configSchema } from '../../../training/config/config.ts';
import { loadDataset } from '../../../training/datasets/index.ts';
import { experiments } from '../../../training/experiments/index.ts';
import { openRun } from '../../../training/experiments/open-run.ts';
import { resultsCsv } from '../../../training/experiments/results.ts';
import type { EpochSummary } from '../../../training/loop/train.ts';
import { scalingOf } from '../../../training/networks/index.ts';
import { type ExecuteOptions, executeRun, prepare } from '../../../training/run/execute.ts';
import { expectClose } from '../../helpers/close.ts';
import { useBackend } from '../backends/installed.ts';
import { writeImages } from '../datasets/image-files.ts';

const ROWS = 120;

/** A table that needs its bias and its square root: the class is whether √count is more than 2. */
function table(): string {
  const lines = Array.from({ length: ROWS }, (_, n) => {
    const count = (n * 7) % 11;
    return `${count},${(n * 13) % 5},${count > 4 ? 'many' : 'few'}`;
  });
  return `count,noise,class\n${lines.join('\n')}\n`;
}

let folder = '';
beforeAll(async () => {
  await useBackend('wasm');
  folder = await mkdtemp(join(tmpdir(), 'senn-execute-'));
  await writeFile(join(folder, 'table.csv'), table());
});
afterAll(() => rm(folder, { recursive: true }));

const config = (change: Record<string, unknown> = {}): Config =>
  configSchema.parse({
    name: 'counts',
    seed: 3,
    data: {
      name: 'csv',
      path: join(folder, 'table.csv'),
      label: 'class',
      features: [
        { name: 'count', transform: 'sqrt' },
        { name: 'noise', unit: 'm' },
      ],
      validation: 0.2,
    },
    conceptizer: { kind: 'identity' },
    parameterizer: { kind: 'dense', hidden: [8] },
    aggregator: { kind: 'sum', bias: true },
    robustness: { weight: 1e-3, estimator: 'exact' },
    optimizer: { kind: 'adam', learningRate: 0.02 },
    epochs: 12,
    batchSize: 16,
    ...change,
  });

const run = (out: string, change: Record<string, unknown> = {}, options: Partial<ExecuteOptions> = {}) =>
  executeRun({
    config: config(change),
    backend: 'wasm',
    out: join(folder, out),
    resume: false,
    now: () => performance.now() / 1000,
    reportEvery: 100,
    onProgress: () => {},
    onEpoch: () => {},
    ...options,
  });

const sweep = {
  backend: 'wasm' as const,
  configs: [] as string[],
  runs: [] as string[],
  lambdas: [] as number[],
  seeds: [] as number[],
  folds: 3,
  png: false,
  signal: new AbortController().signal,
  onRun: () => {},
  onProgress: () => {},
};

describe('a run on a table', () => {
  it('learns, and its record says what it is', async () => {
    const record = await run('plain');
    expect(record.metrics['testAccuracy']).toBe(1);
    expect(Object.keys(record.metrics)).toEqual(['testAccuracy', 'testRobustness', 'testCrossEntropy']);
    expect(record.kind).toBe('senn');
    expect(record.concepts.map(({ name }) => name)).toEqual(['count', 'noise', 'bias']);
    expect(record.concepts[2]?.quantiles).toEqual({ q05: 1, q25: 1, q50: 1, q75: 1, q95: 1 });
    const config = JSON.parse(await readFile(join(folder, 'plain/config.json'), 'utf8'));
    expect(config).toEqual(record.training.config);
  });

  it('writes networks in the units of the table: golden input is raw, and decoding gives it back', async () => {
    const { tensors } = JSON.parse(await readFile(join(folder, 'plain/golden.json'), 'utf8'));
    const dataset = await loadDataset(config().data);
    expectClose(tensors.input.data, dataset.test.gather(Int32Array.of(0, 1, 2, 3)), { absolute: 0 });
    expectClose(tensors.reconstruction.data, tensors.input.data, { absolute: 1e-4, relative: 1e-4 });
    const { networks, contract, test } = prepare(config(), dataset);
    const raw = tf.tensor2d(test.split.gather(Int32Array.of(0, 5)), [2, 2]);
    const scaled = test.scaling?.call(raw) as tf.Tensor;
    const answers = [networks.parameterizer.predict(scaled), contract.parameterizer.predict(raw)] as tf.Tensor[];
    const [own, other] = answers.map((answer) => answer.dataSync<'float32'>());
    expectClose(own as Float32Array, other as Float32Array, { absolute: 1e-6 });
  });

  it('exports to ONNX, with its scaling in the graphs', async () => {
    const { manifest } = await exportRun(join(folder, 'plain'), join(folder, 'models/counts'));
    expect(manifest.input).toMatchObject({
      kind: 'tabular',
      features: [{ name: 'count' }, { name: 'noise', unit: 'm' }],
    });
  });

  it('keeps the best epoch by validation, and resumes to the same numbers', async () => {
    const change = { keep: 'best', epochs: 6, optimizer: { kind: 'adam', learningRate: 0.05 } };
    const epochs: EpochSummary[] = [];
    const whole = await run('best', change, { onEpoch: (summary) => epochs.push(summary) });
    const controller = new AbortController();
    const options = {
      signal: controller.signal,
      onEpoch: ({ epoch }: EpochSummary) => epoch === 4 && controller.abort(),
    };
    await expect(run('broken', change, options)).rejects.toMatchObject({ code: 'interrupted' });
    const resumed = await run('broken', change, { resume: true });
    expect(resumed).toEqual(whole);
    for (const file of ['parameterizer/weights.bin', 'golden.json', 'metrics.csv']) {
      expect(await readFile(join(folder, 'broken', file))).toEqual(await readFile(join(folder, 'best', file)));
    }
  });

  it('refuses what does not fit the data, by name', async () => {
    const dataset = await loadDataset(config().data);
    const prepared = (change: Record<string, unknown>) => () => prepare(config(change), dataset);
    const convolutional = { kind: 'convolutional' };
    expect(prepared({ conceptizer: { kind: 'convolutional', concepts: 2, reconstruction: 'squared' } })).toThrow(
      '"convolutional" needs images',
    );
    expect(prepared({ parameterizer: convolutional })).toThrow('parameterizer.kind: "convolutional" needs images');
    expect(prepared({ conceptizer: { kind: 'vae', concepts: 2 } })).toThrow('scaled ones need "squared"');
    expect(() => scalingOf(config({ normalization: { mean: 0, deviation: 1 } }), dataset)).toThrow(
      'scales its features itself',
    );
    expect(prepared({ conceptNames: ['one'] })).toThrow('conceptNames: 1 names must match the 2 concepts');
    await expect(run('augmented', { augmentation: { shift: 1 } })).rejects.toThrow('augmentation: needs images');
  });

  it('a test set of two rows is the golden file, and has a report', async () => {
    const data = { ...config().data, split: { by: 'random', test: 2 / ROWS } };
    await run('two', { epochs: 1, data });
    const { tensors } = JSON.parse(await readFile(join(folder, 'two/golden.json'), 'utf8'));
    const { test } = await loadDataset(config({ data }).data);
    expect(tensors.input.shape).toEqual([2, 2]);
    expectClose(tensors.input.data, test.gather(Int32Array.of(0, 1)), { absolute: 0 });
    const out = join(folder, 'report-two');
    await experiments.report.run({ ...sweep, runs: [join(folder, 'two')], out });
    expect(await readFile(join(out, 'report.md'), 'utf8')).toContain('| test inputs | 2 |');
  });
});

describe('experiments', () => {
  it('cross-validation tests every row once, and a second call trains nothing anew', async () => {
    const path = join(folder, 'config.json');
    await writeFile(path, JSON.stringify(config({ epochs: 3 })));
    const trained: string[] = [];
    const options = {
      ...sweep,
      configs: [path],
      out: join(folder, 'folds'),
      onRun: (label: string) => trained.push(label),
    };
    const first = await experiments['cross-validation'].run(options);
    expect(trained).toEqual([0, 1, 2].map((fold) => `model-counts_seed-3_fold-${fold}`));
    const second = await experiments['cross-validation'].run(options);
    expect(trained).toHaveLength(3);
    expect(second.data).toEqual(first.data);
    const { runs, summaries } = first.data as {
      runs: { metrics: Record<string, number> }[];
      summaries: { metric: string; mean: number; count: number }[];
    };
    const accuracy = summaries.find(({ metric }) => metric === 'testAccuracy');
    const mean = runs.reduce((sum, { metrics }) => sum + (metrics['testAccuracy'] as number) / 3, 0);
    expect(accuracy?.count).toBe(3);
    expectClose(accuracy?.mean as number, mean, { absolute: 1e-12 });
  });

  it('a sweep over λ and seeds draws a figure and refuses runs of another configuration in its folder', async () => {
    const path = join(folder, 'config.json');
    const out = join(folder, 'lambda');
    await writeFile(path, JSON.stringify(config({ epochs: 1 })));
    const options = { ...sweep, configs: [path], out, lambdas: [0, 0.1], seeds: [1, 2] };
    const { lines, files } = await experiments['accuracy-vs-lambda'].run(options);
    expect(lines).toHaveLength(2);
    expect(files).toContain(join(out, 'figures/accuracy-vs-lambda.svg'));
    expect((await readFile(join(out, 'results.csv'), 'utf8')).split('\n')).toHaveLength(6);
    expect(await readFile(join(out, 'report.md'), 'utf8')).toMatch(
      /--seeds 1,2 --out DIR --backend wasm\n.*Trained on wasm\./s,
    );
    await writeFile(path, JSON.stringify(config({ epochs: 2 })));
    await expect(experiments['accuracy-vs-lambda'].run(options)).rejects.toThrow('another configuration');
    await expect(experiments.seeds.run({ ...options, seeds: [1, 1] })).rejects.toThrow(
      'model-counts_seed-1: this run is asked for twice',
    );
  });

  it('a report of a run has its figures', async () => {
    const out = join(folder, 'report');
    const { files } = await experiments.report.run({ ...sweep, runs: [join(folder, 'plain')], out });
    expect(files.map((file) => file.slice(out.length + 1)).sort()).toEqual([
      'figures/explanation.svg',
      'figures/nearest-neighbours.svg',
      'figures/training-curves.svg',
      'report.html',
      'report.md',
    ]);
  });

  it('a report of images shows training inputs as prototypes, and the filters of the encoder', async () => {
    const image = (n: number, light: number) => ({
      pixels: Uint8Array.from({ length: 64 }, (_, i) => (i % 8 === n % 8 ? light : 0)),
      width: 8,
      height: 8,
      channels: 1 as const,
    });
    const files = ['a', 'b'].flatMap((name, half) =>
      [0, 1, 2, 3].flatMap((n) => [
        [`train/${name}/${n}.png`, image(4 * half + n, 255)] as const,
        [`test/${name}/${n}.png`, image(4 * half + n, 100)] as const,
      ]),
    );
    await writeImages(join(folder, 'images'), Object.fromEntries(files));
    await run('images-run', {
      data: { name: 'images', path: join(folder, 'images'), height: 8, width: 8, channels: 1 },
      conceptizer: { kind: 'convolutional-vae', concepts: 2, convolutions: [{ filters: 2 }], hidden: [4] },
      parameterizer: { kind: 'convolutional', convolutions: [{ filters: 2 }], hidden: [] },
      epochs: 1,
    });
    const out = join(folder, 'images-report');
    await experiments.report.run({ ...sweep, runs: [join(folder, 'images-run')], out });
    expect((await readdir(join(out, 'figures'))).sort()).toEqual([
      'explanation.svg',
      'filters.svg',
      'nearest-neighbours.svg',
      'prototypes.svg',
      'training-curves.svg',
    ]);
    const svg = await readFile(join(out, 'figures/prototypes.svg'), 'utf8');
    const shown = [...svg.matchAll(/data:image\/png;base64,([^"]+)"/g)];
    expect(shown.length).toBe(3 * 2 * 8); // criteria × concepts but the bias × training inputs
    for (const [, bytes] of shown) {
      const { channels } = await sharp(Buffer.from(bytes as string, 'base64')).stats();
      expect(channels[0]?.max).toBe(255);
    }
  });

  it('reports of several runs of one configuration lie side by side, or are refused', async () => {
    const runs = [0, 1].map((fold) => join(folder, `folds/runs/model-counts_seed-3_fold-${fold}`));
    const out = join(folder, 'reports');
    const { files } = await experiments.report.run({ ...sweep, runs, out });
    expect(new Set(files)).toHaveProperty('size', 10);
    expect((await readdir(out)).sort()).toEqual(runs.map((run) => basename(run)));
    const twice = experiments.report.run({ ...sweep, runs: [`${runs[0]}/`, runs[0] as string], out });
    await expect(twice).rejects.toThrow('two of the run folders are called "model-counts_seed-3_fold-0"');
  });

  it('a table of runs with different metrics has a column for each', () => {
    const runs = [
      { setting: { seed: 1 }, config: config(), backend: 'wasm', metrics: { testAccuracy: 1 } },
      { setting: { seed: 2 }, config: config(), backend: 'wasm', metrics: { testAccuracy: 0.5, testKl: 3 } },
    ];
    expect(resultsCsv(runs)).toBe('seed,testAccuracy,testKl\n1,1,\n2,0.5,3\n');
  });

  it('an opened run predicts what its record says', async () => {
    const { predictor, workspace, record } = await openRun(join(folder, 'plain'));
    const rows = Int32Array.from(workspace.test.split.labels.keys());
    const { test } = workspace.dataset;
    const predictions = await predictor.predict({ shape: test.shape, data: test.gather(rows) }, { explain: [] });
    const right = predictions.filter(({ index }, i) => index === test.labels[i]).length;
    expect(right / rows.length).toBe(record.metrics['testAccuracy']);
  });

  it('a run is not opened on other data than it was trained on', async () => {
    const path = join(folder, 'changing.csv');
    await writeFile(path, table());
    await run('changing', { epochs: 1, data: { ...config().data, path } });
    await writeFile(path, table().replace('many', 'few'));
    await expect(openRun(join(folder, 'changing'))).rejects.toThrow(
      /was trained on data of sha256 \w{64}; they have changed/,
    );
  });

  it('disentanglement needs known factors', async () => {
    const options = { ...sweep, runs: [join(folder, 'plain')], out: join(folder, 'none') };
    await expect(experiments.disentanglement.run(options)).rejects.toThrow('csv does not say which factors');
  });
});
