import type { z } from 'zod';
import type { disennSchema } from '../../kinds/disenn/config.ts';
import type { sennSchema } from '../../kinds/senn/config.ts';
import { type Layerwise, PIXELS } from './keys.ts';
import type { Of, ReferenceConfig } from './schema.ts';

/** What a configuration of the reference implementation says of data, networks and concept loss, as ours says it. */

type Senn = z.input<typeof sennSchema>;
type Disenn = z.input<typeof disennSchema>;

/** A SENN or a DiSENN as a file says it, without its kind, which its conceptizer tells. */
export type ConfigInput = Omit<Senn, 'kind' | 'conceptizer'> & Pick<Senn | Disenn, 'conceptizer'>;

type Kind = ReferenceConfig['conceptizer'];

/** Mean and deviation of the pixels of MNIST's training set, in [0, 1], as the reference has them. */
const normalization = { mean: 0.1307, deviation: 0.3081 };

/** Without the last digits, which only rounding made. */
const rounded = (value: number): number => Number(value.toPrecision(12));

/** Entry of layer i. */
const at = (value: Layerwise, i: number): number => (typeof value === 'number' ? value : (value[i] as number));

type Parameterizer = Exclude<ConfigInput['parameterizer'], undefined>;

/** `LinearParameterizer`. */
function denseParameterizer({ hidden_sizes, dropout }: Of<'IdentityConceptizer'>): Parameterizer {
  return { kind: 'dense', reads: 'input', hidden: hidden_sizes.slice(1, -1), dropout };
}

/** `ConvParameterizer`: channels are dropped before the last pooling only. */
function convolutionalParameterizer({
  cl_sizes,
  kernel_size,
  hidden_sizes,
  dropout,
}: Of<'ConvConceptizer' | 'VaeConceptizer'>): Parameterizer {
  const last = cl_sizes.length - 2;
  const convolution = (filters: number, i: number) => {
    const layer = { filters, kernel: kernel_size, stride: 1, padding: 'valid' as const, pool: 2 };
    return i === last ? { ...layer, dropout } : layer;
  };
  return {
    kind: 'convolutional',
    reads: 'input',
    convolutions: cl_sizes.slice(1).map(convolution),
    hidden: hidden_sizes.slice(1, -1),
    dropout,
    output: 'tanh',
  };
}

/** Weight of mean|h| beside the summed squared error: the reference sums |h| over the batch and all concepts. */
function sparsityOf({ sparsity_reg, batch_size, num_concepts }: Of<'ConvConceptizer'>): number {
  return rounded(sparsity_reg * batch_size * num_concepts * PIXELS);
}

function autoencoder(config: Of<'ConvConceptizer'>): ConfigInput['conceptizer'] {
  const { encoder_channels, num_concepts, decoder_channels } = config;
  const up = (i: number) => ({
    kernel: at(config.kernel_size_upsample, i),
    stride: at(config.stride_upsample, i),
    padding: 'valid' as const,
    crop: at(config.padding_upsample, i),
  });
  return {
    kind: 'convolutional',
    concepts: num_concepts,
    convolutions: [...encoder_channels, num_concepts].map((filters, i) => ({
      filters,
      kernel: at(config.kernel_size_conv, i),
      stride: at(config.stride_conv, i),
      padding: 'valid',
      pool: at(config.stride_pool, i),
    })),
    head: 'channel',
    standardize: false,
    decoder: {
      hidden: decoder_channels.map((filters, i) => ({ filters, ...up(i) })),
      image: up(decoder_channels.length),
    },
    sparsity: sparsityOf(config),
    reconstruction: 'squared',
  };
}

type Model = Pick<
  ConfigInput,
  'data' | 'normalization' | 'conceptizer' | 'parameterizer' | 'conceptWeight' | 'pretraining'
>;

const imageModel = (config: Of<'ConvConceptizer' | 'VaeConceptizer'>) => ({
  data: { name: 'mnist' as const, validation: config.valid_size },
  normalization,
  parameterizer: convolutionalParameterizer(config),
  conceptWeight: config.concept_reg / PIXELS,
});

/** Data, networks and concept loss of each kind of model. */
const models = {
  IdentityConceptizer: (config) => ({
    data: {
      name: 'compas',
      filter: 'paper',
      split: { by: 'random', test: rounded(1 - config.train_percent) },
      splitSeed: config.manual_seed ?? 0,
      validation: config.valid_size,
    },
    conceptizer: { kind: 'identity', standardize: false },
    parameterizer: denseParameterizer(config),
    conceptWeight: config.concept_reg,
  }),
  ConvConceptizer: (config) => ({ ...imageModel(config), conceptizer: autoencoder(config) }),
  VaeConceptizer: (config) => ({
    ...imageModel(config),
    conceptizer: {
      kind: 'vae',
      concepts: config.num_concepts,
      hidden: [512, 256, 100],
      beta: config.beta,
      standardize: false,
      reconstruction: 'squared',
    },
    ...(config.pretrain_epochs > 0 &&
      config.pre_beta !== undefined && {
        pretraining: { epochs: config.pretrain_epochs, beta: config.pre_beta },
      }),
  }),
} satisfies { [Name in Kind]: (config: Of<Name>) => Model };

/** Data, networks and concept loss of a configuration of the reference. */
export function modelOf(config: ReferenceConfig): Model {
  const model = models[config.conceptizer] as (config: ReferenceConfig) => Model;
  return model(config);
}
