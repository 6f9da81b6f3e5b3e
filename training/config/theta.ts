import { z } from 'zod';
import { activation, convolutions, count, halving, hidden, rate, weight } from './parts.ts';

/** How θ, its aggregator and its robustness are configured, for every kind whose relevances depend on the input. */

const relevances = {
  hidden: hidden.default([128]),
  activation,
  /** Share of the hidden units whose input to the activation a training step sets to 0. */
  dropout: rate.default(0),
  /**
   * `tanh` bounds every relevance by ±1. `centered`: the relevances of a concept sum to 0 over the classes. What a concept
   * adds to all logits alike decides nothing, as only their differences do, and is then no part of the explanation.
   */
  output: z.enum(['linear', 'tanh', 'centered']).default('linear'),
};
/**
 * What θ is computed from. With `input` it may decide by itself, and the concepts may be decoration; with `concepts`, or
 * with what the decoder makes of them, all that the prediction knows passes through the concepts.
 */
export const readsNames = ['input', 'reconstruction', 'concepts'] as const;
export type Reads = (typeof readsNames)[number];

const denseParameterizer = z.strictObject({
  kind: z.literal('dense'),
  reads: z.enum(readsNames).default('concepts'),
  ...relevances,
});
/** Convolutions read images: the input, or what the decoder makes of the concepts. */
const convolutionalParameterizer = z.strictObject({
  kind: z.literal('convolutional'),
  reads: z.enum(['input', 'reconstruction']).default('reconstruction'),
  convolutions: convolutions.prefault(halving([32, 64])),
  ...relevances,
});
export const parameterizer = z.discriminatedUnion('kind', [denseParameterizer, convolutionalParameterizer]);
export type ParameterizerConfig = z.infer<typeof parameterizer>;

/** The sum of θ·h; `bias` adds a concept that is always 1. */
export const aggregator = z
  .strictObject({ kind: z.literal('sum'), bias: z.boolean().default(false) })
  .prefault({ kind: 'sum' });

export const robustness = z
  .strictObject({
    /** `exact` takes all C class directions, `probe` one random direction a sample. */
    estimator: z.enum(['exact', 'probe']).default('probe'),
    /** λ */
    weight: weight.default(0),
    /** `mean` of the samples' norms, or one norm over the whole batch, as the reference implementation has it. */
    reduction: z.enum(['mean', 'batch']).default('mean'),
    /** `relative`, of θ that reads concepts: by the norm of θ, so that neither its size nor that of h counts. */
    scale: z.enum(['absolute', 'relative']).default('absolute'),
    /** Of each batch, which is in random order, the share whose norms are taken; their mean estimates that of all. */
    share: z.number().positive().max(1).default(1),
    /**
     * Steps in which λ rises, by the same factor each, from a ten-thousandth of its weight. A large λ from the first
     * step on drives h to zero before anything is learnt, and there the networks stay.
     */
    warmup: z.int().nonnegative().default(0),
  })
  .prefault({});
export type RobustnessConfig = z.infer<typeof robustness>;

/** Epochs before the others in which only the conceptizer learns, with a β of their own where it has one. */
export const pretraining = z.strictObject({ epochs: count, beta: weight }).optional();
