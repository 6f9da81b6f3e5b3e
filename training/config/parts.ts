import { z } from 'zod';

/** What configurations of networks are made of, whatever the kind of model: numbers, activations, convolutions. */

export const positive = z.number().positive();
export const weight = z.number().nonnegative();
export const count = z.int().positive();
export const rate = z.number().min(0).lt(1);

export const activationNames = ['relu', 'softplus', 'tanh', 'sigmoid', 'elu'] as const;
export type ActivationName = (typeof activationNames)[number];
export const activation = z.enum(activationNames).default('relu');

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
export const transposedConvolution = z.strictObject({
  filters: count,
  kernel: count.default(4),
  stride: count.default(2),
  padding: z.enum(['same', 'valid']).default('same'),
  crop: z.int().nonnegative().default(0),
});

/** Convolutions that halve the sides of their input, which is the default of all of them. */
export const halving = (filters: readonly number[]): z.input<typeof convolution>[] =>
  filters.map((n) => ({ filters: n }));

export const convolutions = z.array(convolution).min(1);

/** Convolutions of a conceptizer: it is the same network in training and in use. */
export const encoding = z
  .array(
    convolution.refine(({ dropout }) => dropout === 0, {
      path: ['dropout'],
      message: 'must be 0; only a parameterizer drops',
    }),
  )
  .min(1);

/** Concepts of mean 0 and deviation 1 over the training set, so that 0 means "as usual". */
export const standardize = z.boolean().default(true);

/** Widths of dense layers, from the input on. */
export const hidden = z.array(count);

/**
 * A decoder from concepts to images: dense layers, feature maps as high and wide as the encoder's last, transposed
 * convolutions, and the one that makes the image.
 */
export const upwards = z.strictObject({
  /** Widths of the dense layers, from the concepts on. Default: the encoder's, mirrored. */
  dense: hidden.optional(),
  /** How many maps the dense layers end in. Default: as many as the encoder's convolutions do. */
  maps: count.optional(),
  hidden: z.array(transposedConvolution),
  image: transposedConvolution.omit({ filters: true }),
});
export type Upwards = z.infer<typeof upwards>;
