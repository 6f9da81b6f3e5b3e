import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { batchesOf, inOrder } from '../../training/batches.ts';
import { checkpointDocuments, RUN_MARKER, readCheckpoint, writeRunFolder } from '../../training/checkpoint.ts';
import { describeConcepts } from '../../training/concepts.ts';
import type { Config } from '../../training/config.ts';
import { conceptActivations, evaluate } from '../../training/evaluate.ts';
import { checkFolderWritable } from '../../training/files.ts';
import { goldenOf } from '../../training/golden.ts';
import { type Networks, trainableVariables } from '../../training/networks/index.ts';
import { randomStream } from '../../training/random.ts';
import {
  type EpochSummary,
  holdOut,
  learningRateAt,
  type Progress,
  type TrainingOptions,
  train,
} from '../../training/train.ts';
import { expectClose } from '../helpers/close.ts';
import { availableBackends, useBackend } from './backends.ts';
import { CLASSES, tinyConfig, tinyNetworks, tinySplit } from './tiny.ts';

const COUNT = 30;

async function trainTiny(
  config: Config,
  options: Partial<TrainingOptions> = {},
  networks = tinyNetworks(config),
): Promise<{ networks: Networks; progress: Progress[] }> {
  const progress: Progress[] = [];
  await train(networks, {
    config,
    train: tinySplit(COUNT),
    rows: inOrder(COUNT),
    heldOut: new Int32Array(0),
    classes: CLASSES,
    random: randomStream(config.seed),
    now: () => performance.now() / 1000,
    reportEvery: 1,
    onProgress: (report) => progress.push(report),
    onEpoch: () => {},
    onCheckpoint: async () => {},
    ...options,
  });
  return { networks, progress };
}

const weightsOf = (networks: Networks) =>
  trainableVariables(networks).map((variable) => Array.from(variable.dataSync()));

describe.each(availableBackends)('training on %s', (backend) => {
  beforeAll(() => useBackend(backend));

  it('the same seed gives the same weights, another seed others', async () => {
    const first = weightsOf((await trainTiny(tinyConfig())).networks);
    expect(weightsOf((await trainTiny(tinyConfig())).networks)).toEqual(first);
    expect(weightsOf((await trainTiny(tinyConfig({ seed: 8 }))).networks)).not.toEqual(first);
  });

  it('learns, and reports every step of every epoch with the last, smaller batch', async () => {
    const config = tinyConfig({ estimator: 'probe', weight: 0.001, epochs: 25, conceptWeight: 0.01 });
    const { networks, progress } = await trainTiny(config);
    expect(progress.map(({ step }) => step)).toEqual(Array.from({ length: 25 * 8 }, (_, i) => i + 1));
    expect(progress.at(-1)?.remainingSeconds).toBe(0);
    expect(progress.at(-1)?.terms.loss).toBeLessThan((progress[0]?.terms.loss as number) * 0.9);
    expect(evaluate(networks, tinySplit(COUNT), CLASSES).accuracy).toBe(1);
  });

  it.each([
    ['before the first step', 0, 0.01],
    ['in the middle of an epoch', 11, 0.01],
    ['at the end of an epoch', 7, 0.01],
    ['after its last, smaller batch, without a robustness loss', 14, 0],
  ])('a run broken off %s and resumed gives the numbers of one that was not', async (_, lastStep, weight) => {
    const folder = join(await mkdtemp(join(tmpdir(), 'senn-resume-')), 'run');
    const config = tinyConfig({ estimator: 'probe', weight, epochs: 3 });
    const split = { rows: inOrder(COUNT - 4), heldOut: Int32Array.from([26, 27, 28, 29]) };
    const wholeEpochs: EpochSummary[] = [];
    const whole = await trainTiny(config, { ...split, onEpoch: (summary) => wholeEpochs.push(summary) });

    const controller = new AbortController();
    if (lastStep === 0) controller.abort();
    const networks = tinyNetworks(config);
    const epochs: EpochSummary[] = [];
    const broken = trainTiny(
      config,
      {
        ...split,
        signal: controller.signal,
        onProgress: ({ step }) => step === lastStep && controller.abort(),
        onEpoch: (summary) => epochs.push(summary),
        onCheckpoint: (state) =>
          writeRunFolder(folder, config, networks, {
            'metrics.csv': '',
            ...checkpointDocuments(backend, { state, epochs }),
          }),
      },
      networks,
    );
    await expect(broken).rejects.toMatchObject({ code: 'interrupted', details: { step: lastStep, steps: 21 } });

    const fresh = tinyNetworks({ ...config, seed: 99 });
    const { state, epochs: earlier } = await readCheckpoint(folder, config, backend, fresh);
    expect(state.step).toBe(lastStep);
    const later: EpochSummary[] = [];
    const onEpoch = (summary: EpochSummary) => later.push(summary);
    const resumed = await trainTiny(config, { ...split, resumeFrom: state, onEpoch }, fresh);
    expect([...earlier, ...later]).toEqual(wholeEpochs);
    const termsOf = (progress: Progress[]) => progress.map(({ step, terms }) => ({ step, terms }));
    expect(termsOf(resumed.progress)).toEqual(termsOf(whole.progress).slice(lastStep));
    expect(weightsOf(fresh)).toEqual(weightsOf(whole.networks));
    await rm(join(folder, '..'), { recursive: true });
  });

  it('hears the signal after every step, however rarely it reports, and never writes a diverged state', async () => {
    const controller = new AbortController();
    const stop = trainTiny(tinyConfig(), { signal: controller.signal, reportEvery: 1000 });
    setImmediate(() => controller.abort());
    await expect(stop).rejects.toMatchObject({
      code: 'interrupted',
      details: { step: expect.toSatisfy((step: number) => step <= 2) },
    });

    const written: number[] = [];
    const diverging = tinyConfig({ optimizer: { kind: 'adam', learningRate: 1e30 } });
    const diverged = new AbortController();
    const run = trainTiny(diverging, {
      signal: diverged.signal,
      reportEvery: 1000,
      onCheckpoint: async ({ step }) => {
        written.push(step);
      },
    });
    setTimeout(() => diverged.abort(), 100);
    await expect(run).rejects.toMatchObject({ code: 'training_failed' });
    expect(written).toEqual([]);
  });

  it('resumes only what was broken off, with its configuration, on its backend', async () => {
    const folder = join(await mkdtemp(join(tmpdir(), 'senn-resume-')), 'run');
    const config = tinyConfig({ epochs: 1 });
    const networks = tinyNetworks(config);
    await expect(readCheckpoint(folder, config, backend, networks)).rejects.toThrow('only a run that was broken off');
    await trainTiny(
      config,
      {
        onCheckpoint: (state) =>
          writeRunFolder(folder, config, networks, {
            'metrics.csv': '',
            ...checkpointDocuments(backend, { state, epochs: [] }),
          }),
      },
      networks,
    );
    await expect(readCheckpoint(folder, { ...config, seed: 8 }, backend, networks)).rejects.toThrow(
      'another configuration',
    );
    await expect(readCheckpoint(folder, config, 'abacus', networks)).rejects.toThrow(`was trained on ${backend}`);
    await rm(join(folder, '..'), { recursive: true });
  });

  it('leaves no tensor behind', async () => {
    const networks = tinyNetworks(tinyConfig());
    const run = (epochs: number) =>
      train(networks, {
        config: tinyConfig({ epochs }),
        train: tinySplit(COUNT),
        rows: inOrder(COUNT - 4),
        heldOut: Int32Array.from([26, 27, 28, 29]),
        classes: CLASSES,
        random: randomStream(1),
        now: () => 0,
        reportEvery: 3,
        onProgress: () => {},
        onEpoch: () => {},
        onCheckpoint: async () => {},
      });
    await run(1);
    const before = tf.memory().numTensors;
    await run(3);
    evaluate(networks, tinySplit(COUNT), CLASSES);
    goldenOf(networks, tinySplit(COUNT), inOrder(2));
    expect(tf.memory().numTensors).toBe(before);
  });

  it('a term that is not finite stops the run and is named', async () => {
    const config = tinyConfig({ optimizer: { kind: 'adam', learningRate: 1e30 } });
    await expect(trainTiny(config)).rejects.toMatchObject({
      code: 'training_failed',
      message: expect.stringMatching(/step \d+: loss term "\w+" is/),
    });
  });

  it('evaluation counts every input: the whole is the weighted mean of its parts', () => {
    const networks = tinyNetworks(tinyConfig());
    const whole = evaluate(networks, tinySplit(503), CLASSES);
    const split = tinySplit(503);
    let accuracy = 0;
    for (const rows of batchesOf(inOrder(503), 100)) {
      const data = split.inputs.data.subarray((rows[0] as number) * 64, ((rows.at(-1) as number) + 1) * 64);
      const part = {
        inputs: { shape: [rows.length, 1, 8, 8], data },
        labels: split.labels.subarray(rows[0], (rows.at(-1) as number) + 1),
      };
      accuracy += (evaluate(networks, part, CLASSES).accuracy * rows.length) / 503;
    }
    expectClose(whole.accuracy, accuracy, { absolute: 1e-6 });
  });

  it('a run folder holds networks that tfjs loads and that answer as before', async () => {
    const folder = join(await mkdtemp(join(tmpdir(), 'senn-run-')), 'run');
    const networks = tinyNetworks(tinyConfig());
    const config = tinyConfig();
    await writeRunFolder(folder, config, networks, { 'metrics.csv': '', 'run.json': '{}\n' });
    await writeRunFolder(`${folder}/`, config, networks, { 'metrics.csv': 'epoch\n' });
    expect((await readdir(folder)).sort()).toEqual([
      'conceptizer',
      'config.json',
      'decoder',
      'metrics.csv',
      'parameterizer',
    ]);
    const { modelTopology, weightsManifest } = JSON.parse(
      await readFile(join(folder, 'parameterizer/model.json'), 'utf8'),
    );
    const weights = await readFile(join(folder, 'parameterizer', weightsManifest[0].paths[0]));
    const loaded = await tf.loadLayersModel(
      tf.io.fromMemory({
        modelTopology,
        weightSpecs: weightsManifest[0].weights,
        weightData: new Uint8Array(weights).buffer,
      }),
    );
    const x = tf.randomUniform([2, 8, 8, 1], 0, 1, 'float32', 3);
    expect((loaded.predict(x) as tf.Tensor).dataSync()).toEqual(
      (networks.parameterizer.predict(x) as tf.Tensor).dataSync(),
    );
    await rm(join(folder, '..'), { recursive: true });
  });

  it('a folder that is no run is never replaced', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'senn-thesis-'));
    await mkdir(join(folder, 'keep'));
    await writeFile(join(folder, 'keep/thesis.tex'), 'x');
    const config = tinyConfig();
    const refusal = {
      code: 'invalid_config',
      message: expect.stringContaining('has no config.json, so it is not replaced'),
    };
    await expect(checkFolderWritable(folder, RUN_MARKER)).rejects.toMatchObject(refusal);
    await expect(writeRunFolder(folder, config, tinyNetworks(config), { 'metrics.csv': '' })).rejects.toMatchObject(
      refusal,
    );
    expect(await readFile(join(folder, 'keep/thesis.tex'), 'utf8')).toBe('x');
    await expect(checkFolderWritable(join(folder, 'keep/thesis.tex/run'), RUN_MARKER)).rejects.toMatchObject({
      code: 'invalid_config',
    });
    await rm(folder, { recursive: true });
  });

  it('concept activations are the posterior means, described by their quantiles', () => {
    const networks = tinyNetworks(tinyConfig());
    const activations = conceptActivations(networks, tinySplit(COUNT));
    expect(activations.shape).toEqual([COUNT, 2]);
    expectClose(
      activations.data.subarray(0, 2),
      goldenOf(networks, tinySplit(COUNT), inOrder(1)).tensors['concepts']?.data as number[],
      {
        absolute: 1e-6,
      },
    );
  });
});

describe('what training is made of', () => {
  it('held-out rows and the rest are disjoint, complete and drawn by the seed', () => {
    const { rows, heldOut } = holdOut(100, 30, randomStream(1));
    expect(heldOut).toHaveLength(30);
    expect([...rows, ...heldOut].sort((a, b) => a - b)).toEqual([...inOrder(100)]);
    expect(holdOut(100, 30, randomStream(1)).heldOut).toEqual(heldOut);
    expect(holdOut(100, 30, randomStream(2)).heldOut).not.toEqual(heldOut);
    expect(() => holdOut(10, 10, randomStream(1))).toThrow(
      'data.validation: 10 must be less than the 10 training inputs',
    );
  });

  it('batches cover every row and keep the last', () => {
    expect([...batchesOf(inOrder(7), 3)].map((rows) => [...rows])).toEqual([[0, 1, 2], [3, 4, 5], [6]]);
  });

  it('the cosine schedule falls from the learning rate to zero', () => {
    const optimizer = { kind: 'adam', learningRate: 0.2, schedule: 'cosine' } as const;
    expectClose(
      [0, 50, 100].map((step) => learningRateAt(optimizer, step, 100)),
      [0.2, 0.1, 0],
      { absolute: 1e-12 },
    );
    expect(learningRateAt({ ...optimizer, schedule: 'constant' }, 99, 100)).toBe(0.2);
  });

  it('quantiles and prototypes of known activations', () => {
    const data = Float32Array.from({ length: 101 }, (_, i) => (i * 37) % 101);
    const [concept] = describeConcepts({ shape: [101, 1], data });
    expect(concept?.quantiles).toEqual({ q05: 5, q25: 25, q50: 50, q75: 75, q95: 95 });
    expect(concept?.prototypes.map((row) => data[row])).toEqual([100, 99, 98, 97, 96, 95, 94, 93, 92]);
  });
});
