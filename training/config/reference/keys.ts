import { z } from 'zod';

/**
 * Every key that the reference's template, its published configurations or its classes know, with what may stand there.
 * Defaults are the reference's own; a key without one is needed there too.
 */

/** What the configurations of the reference repeat of its two data sets. */
export const tasks = {
  compas: { features: 11, classes: 2 },
  mnist: { size: 28, channels: 1, classes: 10 },
} as const;

/** Pixels of an image: the reference averages the squared error over them, here it is summed. */
export const PIXELS = tasks.mnist.size ** 2 * tasks.mnist.channels;

const count = z.int().positive();
const whole = z.int().nonnegative();
const weight = z.number().nonnegative();
const share = z.number().gt(0).lt(1);

/** One for all layers, or one for each. */
const layerwise = <Value extends z.ZodType<number>>(value: Value) =>
  z.union([value, z.array(value).min(1)], { error: 'must be a whole number, or a list of one for each layer' });
export type Layerwise = number | readonly number[];

const file = z.string().min(1);

export const shared = {
  exp_name: z.string().regex(/[A-Za-z0-9]/, 'must hold a letter or a digit'),
  train: z.boolean().default(true),
  aggregator: z.literal('SumAggregator'),
  num_concepts: count,
  concept_dim: z.literal(1).default(1),
  concept_names: z.array(z.string().min(1)).optional(),
  num_classes: count,
  /** Widths from the parameterizer's input to its output, K × C. */
  hidden_sizes: z.array(count).min(2),
  dropout: z.number().min(0).lt(1).default(0.5),
  lr: z.number().positive(),
  epochs: count,
  batch_size: count,
  robust_reg: weight,
  concept_reg: weight,
  manual_seed: whole.optional(),
  valid_size: z.union([z.literal(0), share], { error: 'must be a share, from 0 to below 1' }).default(0.1),
  /** Configurations to compare: one for each λ, or for each λ one for each seed. */
  accuracy_vs_lambda: z
    .union([z.array(file).min(1), z.array(z.array(file).min(1)).min(1)], {
      error: 'must be a list of files, or a list of lists of files',
    })
    .optional(),
  num_seeds: count.default(1),
};

/** Read for tables. */
export const table = { train_percent: share.default(0.8) };

/** Read for images. */
export const images = {
  image_size: z.literal(tasks.mnist.size).default(tasks.mnist.size),
  image_channels: z.literal(tasks.mnist.channels).default(tasks.mnist.channels),
  /** Channels from the image to the last convolution of the parameterizer. */
  cl_sizes: z.array(count).min(2).default([1, 10, 20]),
  kernel_size: count.default(5),
};

/** Read by `ConvConceptizer`. */
export const autoencoder = {
  sparsity_reg: weight.default(0),
  encoder_channels: z.array(count).default([10]),
  kernel_size_conv: layerwise(count).default(5),
  stride_conv: layerwise(count).default(1),
  stride_pool: layerwise(count).default(2),
  padding_conv: z.literal(0).default(0),
  decoder_channels: z.array(count).default([16, 8]),
  kernel_size_upsample: layerwise(count).default([5, 5, 2]),
  stride_upsample: layerwise(count).default([2, 1, 2]),
  padding_upsample: layerwise(whole).default([0, 0, 1]),
};

/** Read by `VaeConceptizer` and its trainer. */
export const variational = {
  pretrain_epochs: whole,
  /** Needed where there is pretraining. */
  pre_beta: weight.optional(),
  beta: weight,
};

const outFlag = '--out names the folder of the run';
const unread = 'nothing in the reference reads it';

/** Keys that mean nothing here, and why. */
export const ignored = {
  data_path: 'the files are looked for in SENN_DATA and the usual places; data.path names others',
  device: '--backend chooses what trains',
  num_workers: 'batches are made in the process that trains',
  print_freq: 'progress is shown all the time',
  eval_freq: 'the held-out inputs are evaluated after every epoch',
  load_checkpoint: 'PyTorch checkpoints are not read; --resume goes on with a run of our own',
  checkpoint_dir: outFlag,
  checkpoint_file: outFlag,
  experiment_dir: outFlag,
  concept_visualization: 'the figures are drawn from the exported model',
  image_dir: unread,
  sample_size: unread,
  x_dim: unread,
} as const;
