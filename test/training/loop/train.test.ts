import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { randomStream } from '../../../core/random.ts';
import type { Config } from '../../../training/config/config.ts';
import { subsetOf } from '../../../training/datasets/dataset.ts';
import { checkFolderWritable } from '../../../training/files/folders.ts';
import { augmentImages } from '../../../training/loop/augment.ts';
import { batchesOf, inOrder } from '../../../training/loop/batches.ts';
import { lambdaShareAt, learningRateAt } from '../../../training/loop/schedule.ts';
import {
  type EpochSummary,
  type Progress,
  type TrainingOptions,
  type TrainingState,
  train,
} from '../../../training/loop/train.ts';
import { type Networks, trainableVariables } from '../../../training/networks/index.ts';
import {
  checkpointDocuments,
  networkFiles,
  RUN_MARKER,
  readCheckpoint,
  writeRunFolder,
} from '../../../training/run/checkpoint.ts';
import { conceptNames, describeConcepts } from '../../../training/run/concepts.ts';
import { conceptActivations, evaluate } from '../../../training/run/evaluate.ts';
import { goldenOf } from '../../../training/run/golden.ts';
import { expectClose } from '../../helpers/close.ts';
import { availableBackends, useBackend } from '../backends/installed.ts';
import { tinyConfig, tinyFeed, tinyNetworks, tinySplit } from '../tiny.ts';

const COUNT = 30;

/** Four inputs held out of the others. */
function split(): Pick<TrainingOptions, 'train' | 'heldOut'> {
  const feed = tinyFeed(COUNT);
  const rows = (from: number, to: number) => ({
    ...feed,
    split: subsetOf(feed.split, inOrder(COUNT).subarray(from, to)),
  });
  return { train: rows(0, COUNT - 4), heldOut: rows(COUNT - 4, COUNT) };
}

async function trainTiny(
  config: Config,
  options: Partial<TrainingOptions> = {},
  networks = tinyNetworks(config),
): Promise<{ networks: Networks; progress: Progress[] }> {
  const progress: Progress[] = [];
  await train(networks, {
    config,
    train: tinyFeed(COUNT),
    heldOut: undefined,
    random: randomStream(config.seed),
    now: () => performance.now() / 1000,
    reportEvery: 1,
    onProgress: (report) => progress.push(report),
    onEpoch: () => {},
    onBest: async () => {},
    onCheckpoint: async () => {},
    ...options,
  });
  return { networks, progress };
}

const weightsOf = (networks: Networks) =>
  trainableVariables(Object.values(networks)).map((variable) => Array.from(variable.dataSync()));

describe.each(availableBackends)('training on %s', (backend) => {
  const origin = { backend, data: 'old' };
  beforeAll(() => useBackend(backend));

  it('the same seed gives the same weights, another seed others', async () => {
    const first = weightsOf((await trainTiny(tinyConfig())).networks);
    expect(weightsOf((await trainTiny(tinyConfig())).networks)).toEqual(first);
    expect(weightsOf((await trainTiny(tinyConfig({ seed: 8 }))).networks)).not.toEqual(first);
  });

  it('leaves the decoder alone where the concept loss weighs nothing', async () => {
    const decoderOf = ({ decoder }: Networks) => decoder.getWeights().map((weight) => Array.from(weight.dataSync()));
    const config = tinyConfig({ conceptWeight: 0, epochs: 1 });
    expect(decoderOf((await trainTiny(config)).networks)).toEqual(decoderOf(tinyNetworks(config)));
  });

  it('learns, and reports every step of every epoch with the last, smaller batch', async () => {
    const config = tinyConfig({ estimator: 'probe', weight: 0.001, epochs: 25, conceptWeight: 0.01 });
    const { networks, progress } = await trainTiny(config);
    expect(progress.map(({ step }) => step)).toEqual(Array.from({ length: 25 * 8 }, (_, i) => i + 1));
    expect(progress.at(-1)?.remainingSeconds).toBe(0);
    expect(progress.at(-1)?.terms.loss).toBeLessThan((progress[0]?.terms.loss as number) * 0.9);
    expect(evaluate(networks, tinyFeed(COUNT), { config }).accuracy).toBe(1);
  });

  it.each([
    ['before the first step', 0, 0.01],
    ['in the middle of an epoch', 11, 0.01],
    ['at the end of an epoch', 7, 0.01],
    ['after its last, smaller batch, without a robustness loss', 14, 0],
  ])('a run broken off %s and resumed gives the numbers of one that was not', async (_, lastStep, weight) => {
    const folder = join(await mkdtemp(join(tmpdir(), 'senn-resume-')), 'run');
    const config = tinyConfig({ estimator: 'probe', weight, epochs: 3 });
    const feeds = split();
    const wholeEpochs: EpochSummary[] = [];
    const whole = await trainTiny(config, { ...feeds, onEpoch: (summary) => wholeEpochs.push(summary) });

    const controller = new AbortController();
    if (lastStep === 0) controller.abort();
    const networks = tinyNetworks(config);
    const epochs: EpochSummary[] = [];
    const broken = trainTiny(
      config,
      {
        ...feeds,
        signal: controller.signal,
        onProgress: ({ step }) => step === lastStep && controller.abort(),
        onEpoch: (summary) => epochs.push(summary),
        onCheckpoint: async (state) =>
          writeRunFolder(folder, config, await networkFiles(networks), {
            'metrics.csv': '',
            ...checkpointDocuments(origin, { state, epochs }),
          }),
      },
      networks,
    );
    await expect(broken).rejects.toMatchObject({ code: 'interrupted', details: { step: lastStep, steps: 21 } });

    const fresh = tinyNetworks({ ...config, seed: 99 });
    const { state, epochs: earlier } = await readCheckpoint(folder, config, origin, fresh);
    expect(state.step).toBe(lastStep);
    const later: EpochSummary[] = [];
    const onEpoch = (summary: EpochSummary) => later.push(summary);
    const resumed = await trainTiny(config, { ...feeds, resumeFrom: state, onEpoch }, fresh);
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

  it('pretraining leaves the parameterizer alone, has its own terms, and resumes across its end', async () => {
    const config = tinyConfig({ pretraining: { epochs: 1, beta: 0.5 }, epochs: 1 });
    const networks = tinyNetworks(config);
    const before = weightsOf({ ...networks, conceptizer: networks.parameterizer, decoder: networks.parameterizer });
    let afterPretraining: number[][] = [];
    const states: TrainingState[] = [];
    const epochs: EpochSummary[] = [];
    const saved: Awaited<ReturnType<typeof networkFiles>>[] = [];
    await trainTiny(
      config,
      {
        onEpoch: (summary) => epochs.push(summary),
        onCheckpoint: async (state) => {
          states.push(state);
          saved.push(await networkFiles(networks));
          if (states.length === 1) {
            afterPretraining = weightsOf({
              ...networks,
              conceptizer: networks.parameterizer,
              decoder: networks.parameterizer,
            });
          }
        },
      },
      networks,
    );
    expect(afterPretraining).toEqual(before);
    expect(epochs.map(({ terms }) => Object.keys(terms))).toEqual([
      ['loss', 'reconstruction', 'kl'],
      ['loss', 'classification', 'robustness', 'reconstruction', 'kl'],
    ]);
    const [first] = epochs;
    expectClose(first?.terms.loss as number, (first?.terms.reconstruction ?? 0) + 0.5 * (first?.terms.kl ?? 0), {
      relative: 1e-4,
    });

    const folder = join(await mkdtemp(join(tmpdir(), 'senn-phase-')), 'run');
    const documents = checkpointDocuments(origin, { state: states[0] as TrainingState, epochs: [] });
    await writeRunFolder(folder, config, saved[0] ?? {}, { 'metrics.csv': '', ...documents });
    const fresh = tinyNetworks({ ...config, seed: 99 });
    const { state } = await readCheckpoint(folder, config, origin, fresh);
    await trainTiny(config, { resumeFrom: state }, fresh);
    expect(weightsOf(fresh)).toEqual(weightsOf(networks));
    await rm(join(folder, '..'), { recursive: true });
  });

  it('the total loss counts λ as far as its warm-up has come', async () => {
    const robustness = { estimator: 'exact', weight: 2, warmup: 4 };
    const { progress } = await trainTiny(tinyConfig({ robustness, epochs: 1 }));
    for (const { step, terms } of progress) {
      const { loss, classification = 0, robustness: norm = 0, reconstruction = 0, kl = 0 } = terms;
      const lambda = 2 * Math.min(1, 1e-4 ** (1 - (step - 1) / 4));
      expectClose(loss, classification + lambda * norm + 0.1 * (reconstruction + 2 * kl), { relative: 1e-4 });
    }
  });

  it('stops early after epochs without a better validation accuracy, and says when it was best', async () => {
    const config = tinyConfig({
      data: { name: 'mnist', validation: 4 },
      epochs: 200,
      earlyStopping: { patience: 2 },
      optimizer: { kind: 'adam', learningRate: 1e-9 },
    });
    const epochs: EpochSummary[] = [];
    let best = 0;
    const onBest = async () => {
      best = epochs.length;
    };
    await trainTiny(config, { ...split(), onEpoch: (summary) => epochs.push(summary), onBest });
    expect(best).toBe(1);
    expect(epochs).toHaveLength(3);
  });

  it('resumes only what was broken off, with its configuration and data, on its backend', async () => {
    const folder = join(await mkdtemp(join(tmpdir(), 'senn-resume-')), 'run');
    const config = tinyConfig({ epochs: 1 });
    const networks = tinyNetworks(config);
    await expect(readCheckpoint(folder, config, origin, networks)).rejects.toThrow('only a run that was broken off');
    await trainTiny(
      config,
      {
        onCheckpoint: async (state) =>
          writeRunFolder(folder, config, await networkFiles(networks), {
            'metrics.csv': '',
            ...checkpointDocuments(origin, { state, epochs: [] }),
          }),
      },
      networks,
    );
    await expect(readCheckpoint(folder, { ...config, seed: 8 }, origin, networks)).rejects.toThrow(
      'another configuration',
    );
    await expect(readCheckpoint(folder, config, { ...origin, backend: 'abacus' }, networks)).rejects.toThrow(
      `was trained on ${backend}`,
    );
    await expect(readCheckpoint(folder, config, { ...origin, data: 'new' }, networks)).rejects.toThrow(
      'was trained on data of sha256 old; they have changed since, to new',
    );
    await rm(join(folder, '..'), { recursive: true });
  });

  it('leaves no tensor behind', async () => {
    const networks = tinyNetworks(tinyConfig());
    const run = (epochs: number) =>
      train(networks, {
        config: tinyConfig({ epochs }),
        ...split(),
        random: randomStream(1),
        now: () => 0,
        reportEvery: 3,
        onProgress: () => {},
        onEpoch: () => {},
        onBest: async () => {},
        onCheckpoint: async () => {},
      });
    await run(1);
    const before = tf.memory().numTensors;
    await run(3);
    evaluate(networks, tinyFeed(COUNT), { config: tinyConfig(), robustness: true });
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
    const config = tinyConfig();
    const networks = tinyNetworks(config);
    const feed = tinyFeed(503);
    const whole = evaluate(networks, feed, { config });
    let accuracy = 0;
    for (const rows of batchesOf(inOrder(503), 100)) {
      const part = { ...feed, split: subsetOf(feed.split, rows) };
      accuracy += (evaluate(networks, part, { config }).accuracy * rows.length) / 503;
    }
    expectClose(whole.accuracy, accuracy, { absolute: 1e-6 });
  });

  it('a run folder holds networks that tfjs loads and that answer as before', async () => {
    const folder = join(await mkdtemp(join(tmpdir(), 'senn-run-')), 'run');
    const networks = tinyNetworks(tinyConfig());
    const config = tinyConfig();
    const files = await networkFiles(networks);
    await writeRunFolder(folder, config, files, { 'metrics.csv': '', 'run.json': '{}\n' });
    await writeRunFolder(`${folder}/`, config, files, { 'metrics.csv': 'epoch\n' });
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
    await expect(writeRunFolder(folder, config, {}, { 'metrics.csv': '' })).rejects.toMatchObject(refusal);
    expect(await readFile(join(folder, 'keep/thesis.tex'), 'utf8')).toBe('x');
    await expect(checkFolderWritable(join(folder, 'keep/thesis.tex/run'), RUN_MARKER)).rejects.toMatchObject({
      code: 'invalid_config',
    });
    await rm(folder, { recursive: true });
  });

  it('concept activations are the posterior means, described by their quantiles', () => {
    const networks = tinyNetworks(tinyConfig());
    const activations = conceptActivations(networks, tinyFeed(COUNT));
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
  it('batches cover every row and keep the last', () => {
    expect([...batchesOf(inOrder(7), 3)].map((rows) => [...rows])).toEqual([[0, 1, 2], [3, 4, 5], [6]]);
  });

  it.each([
    [{ kind: 'constant' }, [0.2, 0.2, 0.2]],
    [{ kind: 'cosine' }, [0.2, 0.1, 0]],
    [{ kind: 'step', epochs: 5, factor: 0.5 }, [0.2, 0.1, 0.05]],
    [{ kind: 'exponential', factor: 0.01 }, [0.2, 0.02, 0.002]],
  ] as const)('the learning rate follows %j', (schedule, expected) => {
    const optimizer = { kind: 'adam', learningRate: 0.2, schedule, warmup: 0 } as const;
    const rates = [0, 50, 100].map((step) => learningRateAt(optimizer, step, 100, 10));
    expectClose(rates, expected, { absolute: 1e-12 });
  });

  it('a warm-up rises in equal steps to the learning rate', () => {
    const optimizer = { kind: 'adam', learningRate: 0.2, schedule: { kind: 'constant' }, warmup: 3 } as const;
    const rates = [0, 1, 2, 3, 4].map((step) => learningRateAt(optimizer, step, 100, 10));
    expectClose(rates, [0.05, 0.1, 0.15, 0.2, 0.2], { absolute: 1e-12 });
  });

  it('λ rises by the same factor each step, to its weight at the end of the warm-up', () => {
    const shares = [0, 1, 2, 3, 4, 5].map((step) => lambdaShareAt({ warmup: 4 }, step));
    expectClose(shares, [1e-4, 1e-3, 1e-2, 1e-1, 1, 1], { relative: 1e-12 });
    expect(lambdaShareAt({ warmup: 0 }, 0)).toBe(1);
  });

  it('augmentation of nothing changes nothing; a shift moves the ink; the seed decides', () => {
    const image = Float32Array.from({ length: 49 }, (_, i) => (i === 24 ? 1 : 0));
    const augmented = (augmentation: { shift: number; rotation: number; scale: number }, seed = 1) => {
      const values = Float32Array.from(image);
      augmentImages(values, [1, 7, 7], augmentation, randomStream(seed));
      return values;
    };
    expect(augmented({ shift: 0, rotation: 0, scale: 0 })).toEqual(image);
    const moved = augmented({ shift: 2, rotation: 0, scale: 0 });
    expect(moved).not.toEqual(image);
    expectClose(
      moved.reduce((sum, value) => sum + value),
      1,
      { absolute: 1e-6 },
    );
    expectClose(augmented({ shift: 0, rotation: 40, scale: 0.3 })[24] as number, 1, { absolute: 1e-6 });
    expect(augmented({ shift: 2, rotation: 10, scale: 0.1 }, 3)).toEqual(
      augmented({ shift: 2, rotation: 10, scale: 0.1 }, 3),
    );
    expect(augmented({ shift: 2, rotation: 10, scale: 0.1 }, 4)).not.toEqual(
      augmented({ shift: 2, rotation: 10, scale: 0.1 }, 3),
    );
  });

  it('concepts are named as configured, by their features, or by number; the constant one is the bias', () => {
    const input = { kind: 'tabular', features: [{ name: 'age', range: [0, 1] as [number, number] }] } as const;
    const table = { ...input, features: [...input.features] };
    const identity = { conceptizer: { kind: 'identity' }, aggregator: { kind: 'sum', bias: true } } as const;
    expect(conceptNames({ ...identity, conceptNames: undefined }, table, 2)).toEqual(['age', 'bias']);
    const { conceptizer, aggregator } = tinyConfig();
    expect(conceptNames({ conceptizer, aggregator, conceptNames: undefined }, table, 2)).toEqual([
      'concept 0',
      'concept 1',
    ]);
    expect(conceptNames({ conceptizer, aggregator, conceptNames: ['a', 'b'] }, table, 2)).toEqual(['a', 'b']);
    expect(() => conceptNames({ conceptizer, aggregator, conceptNames: ['a'] }, table, 2)).toThrow(
      '1 names must match the 2',
    );
  });

  it('quantiles and prototypes of known activations', () => {
    const data = Float32Array.from({ length: 101 }, (_, i) => (i * 37) % 101);
    const [concept] = describeConcepts({ shape: [101, 1], data }, ['stripe']);
    expect(concept?.name).toBe('stripe');
    expect(concept?.quantiles).toEqual({ q05: 5, q25: 25, q50: 50, q75: 75, q95: 95 });
    expect(concept?.prototypes.map((row) => data[row])).toEqual([100, 99, 98, 97, 96, 95, 94, 93, 92]);
  });
});
