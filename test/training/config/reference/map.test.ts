import { describe, expect, it } from 'vitest';
import { configSchema } from '../../../../training/config/config.ts';
import { isReferenceConfig, mapReferenceConfig } from '../../../../training/config/reference/index.ts';
import type { SharedConfig } from '../../tiny.ts';
import { compasSenn, mnistDisenn, mnistSenn, references } from './configs.ts';

const configOf = (json: object) => configSchema.parse(mapReferenceConfig(json).config) as SharedConfig;

describe.each(Object.entries(references))('%s', (_name, reference) => {
  it('gives a configuration of ours with the same seed, steps and names', () => {
    const config = configOf(reference);
    expect(config.name).toBe(reference.exp_name);
    expect(config.seed).toBe(reference.manual_seed);
    expect(config.epochs).toBe(reference.epochs);
    expect(config.batchSize).toBe(reference.batch_size);
    expect(config.optimizer).toMatchObject({ learningRate: reference.lr, schedule: { kind: 'constant' }, warmup: 0 });
    expect(config.keep).toBe('best');
    expect(config.data.validation).toBe(0.1);
  });

  it('takes one exact norm over the batch for the robustness loss', () => {
    expect(configOf(reference).robustness).toEqual({
      estimator: 'exact',
      weight: 0.01,
      reduction: 'batch',
      scale: 'absolute',
      share: 1,
      warmup: 0,
    });
  });

  it('is told apart from a configuration of ours, which mapping gives', () => {
    expect(isReferenceConfig(reference)).toBe(true);
    expect(isReferenceConfig(configOf(reference))).toBe(false);
  });

  it('notes every key that is in the file and ignored', () => {
    const { notes } = mapReferenceConfig(reference);
    for (const key of ['device', 'print_freq', 'eval_freq']) {
      expect(notes.filter((note) => note.startsWith(`${key}: ignored`))).toHaveLength(1);
    }
    expect(notes.some((note) => note.startsWith('num_workers'))).toBe(false);
    expect(notes.every((note) => /^[a-z_]+: \S/.test(note) && !note.includes('\n'))).toBe(true);
  });

  it('keeps the last weights where nothing is held out', () => {
    const config = configOf({ ...reference, valid_size: 0 });
    expect(config.keep).toBe('last');
    expect(config.data.validation).toBe(0);
  });

  it('has no robustness loss with zero_loss', () => {
    expect(configOf({ ...reference, robustness_loss: 'zero_loss' }).robustness.weight).toBe(0);
  });
});

it('drops channels before the last pooling only, and bounds relevances of images by tanh', () => {
  const { parameterizer } = configOf(mnistSenn);
  expect(parameterizer).toMatchObject({
    kind: 'convolutional',
    reads: 'input',
    convolutions: [
      { filters: 10, kernel: 5, stride: 1, padding: 'valid', pool: 2, dropout: 0 },
      { filters: 20, kernel: 5, stride: 1, padding: 'valid', pool: 2, dropout: 0.5 },
    ],
    hidden: [],
    output: 'tanh',
  });
  expect(configOf(compasSenn).parameterizer).toEqual({
    kind: 'dense',
    reads: 'input',
    hidden: [5, 5],
    activation: 'relu',
    dropout: 0,
    output: 'linear',
  });
});

it('splits COMPAS by the seed, in the share that train_percent leaves', () => {
  expect(configOf(compasSenn).data).toMatchObject({
    name: 'compas',
    filter: 'paper',
    split: { by: 'random', test: 0.2 },
    splitSeed: 29,
  });
  expect(configOf({ ...compasSenn, train_percent: 0.7 }).data).toMatchObject({ split: { test: 0.3 } });
});

it('pretrains only where there are epochs for it', () => {
  expect(configOf(mnistDisenn).pretraining).toEqual({ epochs: 1, beta: 1 });
  expect(configOf({ ...mnistDisenn, pretrain_epochs: 0, pre_beta: undefined }).pretraining).toBeUndefined();
});

it('says that the reference ignores lr for DiSENN, where that makes a difference', () => {
  const about = (json: object) => mapReferenceConfig(json).notes.filter((note) => note.startsWith('lr:'));
  expect(about(mnistDisenn)).toEqual([]);
  expect(about({ ...mnistDisenn, lr: 2e-3 })[0]).toContain('0.002 is used');
});

it.each([
  ['Compas λ = 1e-4!', 'compas-1e-4'],
  ['_hidden', 'hidden'],
  ['X'.repeat(80), 'x'.repeat(64)],
])('calls %s %s', (exp_name, name) => {
  const { config, notes } = mapReferenceConfig({ ...compasSenn, exp_name });
  expect(configSchema.parse(config).name).toBe(name);
  expect(notes).toContain(`exp_name: the run is called "${name}"`);
  expect(mapReferenceConfig({ ...compasSenn, exp_name }, { name: 'mine' }).config.name).toBe('mine');
});

it('gives the files of the experiment by λ and seed', () => {
  expect(mapReferenceConfig(compasSenn).experiment).toEqual({ train: true });
  const alone = mapReferenceConfig({ ...compasSenn, accuracy_vs_lambda: ['a.json', 'b.json'] });
  expect(alone.experiment.accuracyVsLambda).toEqual([['a.json'], ['b.json']]);
  const seeds = { num_seeds: 2, accuracy_vs_lambda: [['a.json', 'b.json']] };
  expect(mapReferenceConfig({ ...compasSenn, ...seeds }).experiment).toEqual({
    train: true,
    accuracyVsLambda: [['a.json', 'b.json']],
  });
});

it('says where the experiment runs, and that seeds are for it alone', () => {
  const about = (json: object) =>
    mapReferenceConfig({ ...compasSenn, ...json }).notes.filter((note) =>
      /^(accuracy_vs_lambda|num_seeds):/.test(note),
    );
  expect(about({})).toEqual([]);
  expect(about({ accuracy_vs_lambda: ['a.json'] })).toEqual([
    'accuracy_vs_lambda: senn experiment accuracy-vs-lambda trains and compares these files, not senn train',
  ]);
  expect(about({ num_seeds: 5 })[0]).toContain('5 has no effect without accuracy_vs_lambda');
});
