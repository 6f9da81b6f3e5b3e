import { z } from 'zod';
import { kindSchema } from '../../config/common.ts';
import { activation, count, encoding, halving, hidden, standardize, upwards, weight } from '../../config/parts.ts';
import { depictionEnds, noiseNeeds, readBackNeeds, relativeScale, sharedShape } from '../shared/config.ts';

/** The configuration of a SENN: its conceptizer gives one number a concept, and nothing about how sure it is. */

/** The features are the concepts: h(x) = x, scaled as the networks take it. */
const identity = z.strictObject({ kind: z.literal('identity'), standardize });

/** h(x) = 1: concepts that know nothing, as a control. */
const ones = z.strictObject({ kind: z.literal('ones'), concepts: count.default(1) });

/** A convolutional autoencoder whose code is sparse (Alvarez-Melis & Jaakkola 2018, §3.2). */
const autoencoder = z.strictObject({
  kind: z.literal('convolutional'),
  /** K, the number of concepts. */
  concepts: count,
  convolutions: encoding.prefault(halving([16, 32])),
  hidden: hidden.default([]),
  /**
   * How feature maps become concepts: `dense` maps all of them to every concept; `channel` gives each of the last K
   * feature maps its own linear map to one concept, and the decoder spreads each concept over a map of its own.
   */
  head: z.enum(['dense', 'channel']).default('dense'),
  /** Default: the encoder, mirrored. */
  decoder: upwards.optional(),
  activation,
  standardize,
  /** Weight of mean|h| in the concept loss. */
  sparsity: weight.default(0),
  /** Error of the reconstruction, summed over the pixels: cross-entropy of [0, 1], or squares. */
  reconstruction: z.enum(['bernoulli', 'squared']).default('bernoulli'),
});

const conceptizer = z.discriminatedUnion('kind', [identity, autoencoder, ones]);
export type SennConceptizer = z.infer<typeof conceptizer>;

/** The conceptizers that make a configuration one of a SENN. */
export const sennConceptizers = [
  'identity',
  'convolutional',
  'ones',
] as const satisfies readonly SennConceptizer['kind'][];

export const sennSchema = kindSchema('senn', { conceptizer, ...sharedShape })
  .refine(({ pretraining, conceptizer }) => pretraining === undefined || conceptizer.kind === 'convolutional', {
    path: ['pretraining'],
    message: 'needs a conceptizer that learns; "identity" and "ones" have no weights',
  })
  .refine(({ conceptizer, parameterizer }) => conceptizer.kind !== 'ones' || parameterizer.reads === 'input', {
    path: ['parameterizer', 'reads'],
    message: 'must be "input" where the concepts are "ones", which tell nothing',
  })
  .refine(relativeScale.fits, relativeScale)
  .refine(readBackNeeds.fits, readBackNeeds)
  .refine(noiseNeeds.fits, noiseNeeds)
  .refine(depictionEnds.fits, depictionEnds);
export type SennConfig = z.infer<typeof sennSchema>;
