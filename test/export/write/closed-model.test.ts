import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseGolden, replayGolden } from '../../../core/golden.ts';
import type { GraphName } from '../../../core/manifest.ts';
import { openSessions } from '../../../core/session.ts';
import { exportRun } from '../../../export/write/write-model.ts';
import { openSession } from '../../../serve/inference/onnxruntime.ts';
import { readRunConfig } from '../../../training/config/run-config.ts';
import { executeRun } from '../../../training/run/execute.ts';
import { useBackend } from '../../training/backends/installed.ts';
import { CLASSES, SIZE, tinyConfig, tinySplit } from '../../training/tiny.ts';

/** Models whose θ knows the input by the concepts alone, from training to ONNX Runtime. */

let root: string;
beforeAll(async () => {
  await useBackend('wasm');
  root = await mkdtemp(join(tmpdir(), 'senn-closed-'));
});
afterAll(() => rm(root, { recursive: true }));

const dataset = {
  name: 'tiny',
  input: { kind: 'image', channels: 1, height: SIZE, width: SIZE },
  classes: Array.from({ length: CLASSES }, (_, c) => `row ${c}`),
  train: tinySplit(24),
  test: tinySplit(6),
  sha256: '0'.repeat(64),
} as const;

const conceptizer = { kind: 'convolutional-vae', concepts: 2, convolutions: [{ filters: 3 }], hidden: [5] };
const autoencoder = { kind: 'convolutional', concepts: 2, convolutions: [{ filters: 3 }] };
const dense = { kind: 'dense', hidden: [6], activation: 'softplus' };

describe.each([
  ['concepts', { conceptizer, parameterizer: dense, readBack: 0.3 }],
  ['concepts', { conceptizer: autoencoder, parameterizer: dense, aggregator: { kind: 'sum', bias: true } }],
  ['reconstruction', { conceptizer, parameterizer: { kind: 'convolutional', convolutions: [{ filters: 2 }] } }],
] as const)('a model whose θ reads the %s: %j', (reads, change) => {
  it('gives in ONNX Runtime what it gave in training, whole and in parts', async () => {
    const config = tinyConfig({ ...change, epochs: 3 });
    const folder = await mkdtemp(join(root, 'run-'));
    const run = join(folder, 'run');
    const quiet = { now: () => 0, reportEvery: 100, onProgress: () => {}, onEpoch: () => {} };
    await executeRun({ config, backend: 'wasm', out: run, resume: false, dataset, ...quiet });
    const out = join(folder, 'tiny');
    const { manifest } = await exportRun(run, out);
    expect(manifest.parameterizer).toEqual({ reads });
    expect(manifest.graphs.parameterizer?.inputs).toEqual([reads]);
    expect(manifest.graphs.model?.inputs).toEqual(['input']);
    const names = Object.keys(manifest.graphs) as GraphName[];
    const read = (name: GraphName) => readFile(join(out, manifest.graphs[name]?.file as string));
    const sessions = await openSessions(names, read, openSession);
    const golden = parseGolden(JSON.parse(await readFile(join(out, 'golden.json'), 'utf8')));
    const checks = await replayGolden(golden, manifest, sessions);
    await Promise.all(Object.values(sessions).map((session) => session.close()));
    expect(checks.filter(({ passed }) => !passed)).toEqual([]);
    expect(new Set(checks.map(({ graph }) => graph))).toEqual(new Set([...names, 'aggregator']));
  });
});

it('a run of before θ could read anything but the input is opened as what it is', async () => {
  const config = tinyConfig({ epochs: 1 });
  const run = join(root, 'old');
  const quiet = { now: () => 0, reportEvery: 100, onProgress: () => {}, onEpoch: () => {} };
  await executeRun({ config, backend: 'wasm', out: run, resume: false, dataset, ...quiet });
  const old = JSON.parse(await readFile(join(run, 'config.json'), 'utf8'));
  delete old.parameterizer.reads;
  delete old.conceptizer.standardize;
  await writeFile(join(run, 'config.json'), JSON.stringify(old));
  expect(await readRunConfig(run)).toEqual(config);
});
