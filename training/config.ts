import { z } from 'zod';
import { manifestSchema } from '../core/manifest.ts';
import { readJsonFile } from './json-file.ts';

/** The configuration of a training run: strict, with every default written out. */

const positive = z.number().positive();
const weight = z.number().nonnegative();
const count = z.int().positive();

export const activationNames = ['relu', 'softplus', 'tanh', 'sigmoid', 'elu'] as const;
const activation = z.enum(activationNames).default('relu');

/** A convolutional β-VAE: convolutions of kernel 4 and stride 2, then dense layers, then K means and log variances. */
const convolutionalVae = z.strictObject({
  kind: z.literal('convolutional-vae'),
  /** K, the number of concepts. */
  concepts: count,
  filters: z.array(count).min(1).default([16, 32]),
  hidden: z.array(count).default([128]),
  activation,
  /** Weight of the KL term against the summed reconstruction (Higgins et al. 2017). */
  beta: weight.default(1),
});

/** Convolutions of kernel 4 and stride 2, then dense layers, then K × C relevances. */
const convolutionalParameterizer = z.strictObject({
  kind: z.literal('convolutional'),
  filters: z.array(count).min(1).default([32, 64]),
  hidden: z.array(count).default([128]),
  activation,
});

export const configSchema = z.strictObject({
  name: manifestSchema.shape.name,
  version: manifestSchema.shape.version.default('1'),
  seed: z.int().nonnegative(),
  data: z.strictObject({
    name: z.enum(['mnist']),
    /** Training inputs held out, drawn by the seed; 0 trains on the whole training set. */
    validation: z.int().nonnegative().default(0),
  }),
  conceptizer: z.discriminatedUnion('kind', [convolutionalVae]),
  parameterizer: z.discriminatedUnion('kind', [convolutionalParameterizer]),
  aggregator: z.strictObject({ kind: z.literal('sum') }).default({ kind: 'sum' }),
  robustness: z
    .strictObject({
      /** `exact` takes all C class directions, `probe` one random direction a sample. */
      estimator: z.enum(['exact', 'probe']).default('probe'),
      /** λ */
      weight: weight.default(0),
    })
    .prefault({}),
  /** ξ, weight of the concept loss. */
  conceptWeight: weight.default(1),
  optimizer: z.strictObject({
    kind: z.literal('adam'),
    learningRate: positive,
    /** `cosine` falls from the learning rate to zero over the run (Loshchilov & Hutter 2017, without restarts). */
    schedule: z.enum(['constant', 'cosine']).default('constant'),
  }),
  epochs: count,
  batchSize: count,
});

export type Config = z.infer<typeof configSchema>;

/** @throws missing_data | invalid_config */
export function readConfig(path: string): Promise<Config> {
  return readJsonFile(path, configSchema, 'invalid_config');
}
