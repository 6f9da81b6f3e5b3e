import { describe, expect, it } from 'vitest';
import { SennError } from '../../../../core/errors.ts';
import { mapReferenceConfig } from '../../../../training/config/reference/index.ts';
import {
  autoencoder,
  ignored,
  images,
  shared,
  table,
  variational,
} from '../../../../training/config/reference/keys.ts';
import { compasSenn, mnistDisenn, mnistSenn, references } from './configs.ts';

function messageOf(json: unknown): string {
  try {
    mapReferenceConfig(json, { where: 'c.json' });
  } catch (error) {
    expect(error).toBeInstanceOf(SennError);
    expect((error as SennError).code).toBe('invalid_config');
    return (error as SennError).message;
  }
  throw new Error('no error');
}

/** Every key that the published template and configurations have. */
const published = {
  exp_name: 'all keys',
  data_path: 'somewhere',
  pretrain_epochs: 1,
  pre_beta: 1,
  beta: 4,
  train: true,
  aggregator: 'SumAggregator',
  image_size: 28,
  concept_dim: 1,
  device: 'cuda:0',
  lr: 2e-4,
  epochs: 100,
  batch_size: 200,
  print_freq: 100,
  eval_freq: 30,
  robust_reg: 0.1,
  concept_reg: 1,
  sparsity_reg: 2e-5,
  manual_seed: 42,
  accuracy_vs_lambda: ['c1.json', 'c2.json'],
  num_seeds: 1,
  concept_visualization: 'None',
  load_checkpoint: 'best_model.pt',
  checkpoint_dir: 'here',
  checkpoint_file: 'it.cpt',
  experiment_dir: 'there',
  image_dir: 'figures',
  sample_size: 1,
  x_dim: 1,
  num_workers: 0,
  valid_size: 0.2,
  train_percent: 0.8,
  kernel_size: 5,
  cl_sizes: [1, 10, 20],
  dropout: 0.5,
};

describe('keys', () => {
  it.each(Object.entries(references))('of the template and of all files are understood beside %s', (_name, own) => {
    expect(() => mapReferenceConfig({ ...published, ...own })).not.toThrow();
  });

  it.each(Object.keys({ ...shared, ...table, ...images, ...autoencoder, ...variational, ...ignored }))(
    'mistyped as %s + one letter are answered with the right one',
    (key) => {
      expect(messageOf({ ...mnistSenn, [`${key}g`]: 1 })).toBe(`c.json: unknown key "${key}g"; did you mean "${key}"?`);
    },
  );

  it('that resemble nothing are answered with the choices', () => {
    expect(messageOf({ ...mnistSenn, zzzzzzzz: 1 })).toMatch(
      /^c\.json: unknown key "zzzzzzzz"; choose exp_name, train, /,
    );
  });

  it('of other models are noted as without effect, and only those', () => {
    const about = (json: object) =>
      mapReferenceConfig({ ...published, ...json })
        .notes.filter((note) => note.includes('has no effect on'))
        .map((note) => note.split(':')[0]);
    expect(about(mnistSenn)).toEqual(['train_percent', 'pretrain_epochs', 'pre_beta', 'beta']);
    expect(about(mnistDisenn)).toEqual(['train_percent', 'sparsity_reg']);
    expect(about(compasSenn)).toEqual([
      'image_size',
      'cl_sizes',
      'kernel_size',
      'sparsity_reg',
      'pretrain_epochs',
      'pre_beta',
      'beta',
    ]);
  });
});

describe('values that contradict each other', () => {
  it.each<[string, object, string]>([
    ['classes', { conceptizer: 'ConvConceptiser' }, 'did you mean "ConvConceptizer"?'],
    ['model and conceptizer', { model_class: 'DiSENN' }, 'model_class: must be "SENN", not "DiSENN"'],
    ['data and conceptizer', { dataloader: 'compas' }, 'dataloader: must be "mnist", not "compas"'],
    [
      'input width',
      { hidden_sizes: [180, 50] },
      'hidden_sizes.0: must be 320, the 20 maps of 4 × 4 after cl_sizes, not 180',
    ],
    ['output width', { hidden_sizes: [320, 9, 51] }, 'hidden_sizes.2: must be 50, 5 concepts × 10 classes, not 51'],
    ['channels', { cl_sizes: [3, 10, 20] }, 'cl_sizes.0: must be 1, the channels of the images, not 3'],
    ['kernels', { kernel_size: 28 }, 'kernel_size: must leave a pixel of 28 × 28 after 2 convolutions, not 28'],
    ['names', { concept_names: ['one'] }, 'concept_names: must be 5, num_concepts, not 1'],
    ['layers', { stride_pool: [2] }, 'stride_pool: must be one for each of 2 layers, not 1'],
    ['layers up', { decoder_channels: [16] }, 'kernel_size_upsample: must be one for each of 2 layers, not 3'],
    [
      'seeds',
      { num_seeds: 3, accuracy_vs_lambda: [['a', 'b']] },
      'accuracy_vs_lambda.0: must be as many files as num_seeds, 3, not 2',
    ],
    ['losses', { concept_loss: 'BVAE_loss' }, 'concept_loss: must be "mse_l1_sparsity", not "BVAE_loss"'],
  ])('%s', (_what, change, message) => {
    expect(messageOf({ ...mnistSenn, ...change })).toContain(message);
  });

  it('pretraining needs its β', () => {
    const { pre_beta: _, ...without } = mnistDisenn;
    expect(messageOf(without)).toBe('c.json: pre_beta: is missing; pretrain_epochs 1 needs it');
  });

  it('are all told at once', () => {
    const message = messageOf({ ...compasSenn, hidden_sizes: [10, 5, 5, 11], num_classes: 1, epochz: 1 });
    expect(message).toContain('num_classes: must be 2, not 1');
    expect(message).toContain('did you mean "epochs"?');
  });
});
