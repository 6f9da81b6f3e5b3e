import { z } from 'zod';
import { manifestSchema } from '../../core/manifest.ts';
import { dataSchema } from '../datasets/index.ts';

/** The configuration of a training run: strict, with every default written out. */

const positive = z.number().positive();
const weight = z.number().nonnegative();
const count = z.int().positive();
const rate = z.number().min(0).lt(1);

export const activationNames = ['relu', 'softplus', 'tanh', 'sigmoid', 'elu'] as const;
export type ActivationName = (typeof activationNames)[number];
const activation = z.enum(activationNames).default('relu');

/** Convolution, channel dropout, max pooling, activation, in this order. */
const convolution = z.strictObject({
  filters: count,
  kernel: count.default(4),
  stride: count.default(2),
  padding: z.enum(['same', 'valid']).default('same'),
  /** Side and stride of the pooling windows; 1 pools nothing. */
  pool: count.default(1),
  /** Share of whole channels that a training step drops. */
  dropout: rate.default(0),
});
export type Convolution = z.infer<typeof convolution>;

/** Transposed convolution and activation; `crop` takes that many pixels off every side of its output. */
const transposedConvolution = z.strictObject({
  filters: count,
  kernel: count.default(4),
  stride: count.default(2),
  padding: z.enum(['same', 'valid']).default('same'),
  crop: z.int().nonnegative().default(0),
});

const halving = (filters: readonly number[]): z.input<typeof convolution>[] => filters.map((n) => ({ filters: n }));
const convolutions = z.array(convolution).min(1);
/** Convolutions of a conceptizer: it is the same network in training and in use. */
const encoding = z
  .array(
    convolution.refine(({ dropout }) => dropout === 0, {
      path: ['dropout'],
      message: 'must be 0; only a parameterizer drops',
    }),
  )
  .min(1);
const hidden = z.array(count);
const concepts = count;

/** The features are the concepts: h(x) = x, scaled as the networks take it. */
const identity = z.strictObject({ kind: z.literal('identity') });

/** A convolutional autoencoder whose code is sparse (Alvarez-Melis & Jaakkola 2018, §3.2). */
const autoencoder = z.strictObject({
  kind: z.literal('convolutional'),
  /** K, the number of concepts. */
  concepts,
  convolutions: encoding.prefault(halving([16, 32])),
  hidden: hidden.default([]),
  /**
   * How feature maps become concepts: `dense` maps all of them to every concept; `channel` gives each of the last K
   * feature maps its own linear map to one concept, and the decoder spreads each concept over a map of its own.
   */
  head: z.enum(['dense', 'channel']).default('dense'),
  /** The decoder's hidden convolutions; one more makes the image. Default: the encoder's, mirrored. */
  decoder: z
    .strictObject({ hidden: z.array(transposedConvolution), image: transposedConvolution.omit({ filters: true }) })
    .optional(),
  activation,
  /** Weight of mean|h| in the concept loss. */
  sparsity: weight.default(0),
  /** Error of the reconstruction, summed over the pixels: cross-entropy of [0, 1], or squares. */
  reconstruction: z.enum(['bernoulli', 'squared']).default('bernoulli'),
});

const variational = {
  /** K, the number of concepts. */
  concepts,
  activation,
  /** Weight of the KL term (`beta-vae`) or of its total correlation (`beta-tcvae`) against the summed reconstruction. */
  beta: weight.default(1),
  objective: z.enum(['beta-vae', 'beta-tcvae']).default('beta-vae'),
  reconstruction: z.enum(['bernoulli', 'squared']).default('bernoulli'),
};

/** A dense β-VAE. */
const vae = z.strictObject({ kind: z.literal('vae'), hidden: hidden.min(1).default([512, 256, 100]), ...variational });

/** A convolutional β-VAE: convolutions, dense layers, K means and log variances; the decoder mirrors the encoder. */
const convolutionalVae = z.strictObject({
  kind: z.literal('convolutional-vae'),
  convolutions: encoding.prefault(halving([16, 32])),
  hidden: hidden.default([128]),
  ...variational,
});

const conceptizer = z.discriminatedUnion('kind', [identity, autoencoder, vae, convolutionalVae]);
export type ConceptizerConfig = z.infer<typeof conceptizer>;

const relevances = {
  hidden: hidden.default([128]),
  activation,
  /** Share of the hidden units whose input to the activation a training step sets to 0. */
  dropout: rate.default(0),
  /** `tanh` bounds every relevance by ±1. */
  output: z.enum(['linear', 'tanh']).default('linear'),
};
const denseParameterizer = z.strictObject({ kind: z.literal('dense'), ...relevances });
const convolutionalParameterizer = z.strictObject({
  kind: z.literal('convolutional'),
  convolutions: convolutions.prefault(halving([32, 64])),
  ...relevances,
});
const parameterizer = z.discriminatedUnion('kind', [denseParameterizer, convolutionalParameterizer]);
export type ParameterizerConfig = z.infer<typeof parameterizer>;

/** How the learning rate goes over the run, after a linear warm-up. */
const schedule = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('constant') }),
  /** Falls to zero (Loshchilov & Hutter 2017, without restarts). */
  z.strictObject({ kind: z.literal('cosine') }),
  /** Times `factor` after every `epochs`. */
  z.strictObject({ kind: z.literal('step'), epochs: count, factor: positive.max(1) }),
  /** Falls to `factor` of the learning rate, by the same share every step. */
  z.strictObject({ kind: z.literal('exponential'), factor: positive.max(1) }),
]);
export type Schedule = z.infer<typeof schedule>;

export const configSchema = z
  .strictObject({
    name: manifestSchema.shape.name,
    version: manifestSchema.shape.version.default('1'),
    seed: z.int().nonnegative(),
    data: dataSchema,
    /** Images enter the networks as `(x − mean) / deviation`; tables are scaled by their data set. */
    normalization: z.strictObject({ mean: z.number(), deviation: positive }).optional(),
    /** Random changes of the training images: largest shift in pixels, rotation in degrees, change of scale. */
    augmentation: z
      .strictObject({ shift: weight.default(0), rotation: weight.max(180).default(0), scale: rate.default(0) })
      .optional(),
    conceptizer,
    parameterizer,
    /** The names of the concepts; default: the features', else their numbers. */
    conceptNames: z.array(z.string().min(1)).optional(),
    /**
     * What weights start from: `he` keeps the variance from layer to layer, `pytorch` starts smaller, as the reference's
     * networks do. Where pooling makes activations grow, `he` starts a tanh of θ saturated.
     */
    initializer: z.enum(['he', 'pytorch']).default('he'),
    /** The sum of θ·h; `bias` adds a concept that is always 1. */
    aggregator: z.strictObject({ kind: z.literal('sum'), bias: z.boolean().default(false) }).prefault({ kind: 'sum' }),
    robustness: z
      .strictObject({
        /** `exact` takes all C class directions, `probe` one random direction a sample. */
        estimator: z.enum(['exact', 'probe']).default('probe'),
        /** λ */
        weight: weight.default(0),
        /** `mean` of the samples' norms, or one norm over the whole batch, as the reference implementation has it. */
        reduction: z.enum(['mean', 'batch']).default('mean'),
        /** Of each batch, which is in random order, the share whose norms are taken; their mean estimates that of all. */
        share: z.number().positive().max(1).default(1),
        /**
         * Steps in which λ rises, by the same factor each, from a ten-thousandth of its weight. A large λ from the first
         * step on drives h to zero before anything is learnt, and there the networks stay.
         */
        warmup: z.int().nonnegative().default(0),
      })
      .prefault({}),
    /** ξ, weight of the concept loss. */
    conceptWeight: weight.default(1),
    /** Epochs before the others in which only the conceptizer learns, with a β of their own where it has one. */
    pretraining: z.strictObject({ epochs: count, beta: weight }).optional(),
    optimizer: z.strictObject({
      kind: z.literal('adam'),
      learningRate: positive,
      schedule: schedule.prefault({ kind: 'constant' }),
      /** Steps in which the learning rate rises from zero. */
      warmup: z.int().nonnegative().default(0),
    }),
    epochs: count,
    batchSize: count,
    /** Which weights the run ends with: the last, or those of the epoch with the best validation accuracy. */
    keep: z.enum(['last', 'best']).default('last'),
    /** Ends the run after `patience` epochs without a better validation accuracy. */
    earlyStopping: z.strictObject({ patience: count }).optional(),
  })
  .refine(({ keep, earlyStopping, data }) => data.validation > 0 || (keep === 'last' && earlyStopping === undefined), {
    path: ['data', 'validation'],
    message: 'must be more than 0, because keep "best" and earlyStopping need held-out inputs',
  })
  .refine(({ pretraining, conceptizer }) => pretraining === undefined || conceptizer.kind !== 'identity', {
    path: ['pretraining'],
    message: 'needs a conceptizer that learns; "identity" has no weights',
  });

export type Config = z.infer<typeof configSchema>;

/** Both as `configSchema` gives them, so with their keys in the same order. */
export const sameConfig = (a: Config, b: Config): boolean => JSON.stringify(a) === JSON.stringify(b);
