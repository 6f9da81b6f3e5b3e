import { z } from 'zod';
import { kindSchema } from '../../config/common.ts';
import { activation, count, encoding, halving, hidden, standardize, upwards, weight } from '../../config/parts.ts';
import { depictionEnds, noiseNeeds, relativeScale, sharedShape } from '../shared/config.ts';

/** The configuration of a DiSENN: its conceptizer is variational, and its concepts are means of posteriors. */

const variational = {
  /** K, the number of concepts. */
  concepts: count,
  activation,
  standardize,
  /** Weight of the KL term (`beta-vae`) or of its total correlation (`beta-tcvae`) against the summed reconstruction. */
  beta: weight.default(1),
  objective: z.enum(['beta-vae', 'beta-tcvae']).default('beta-vae'),
  reconstruction: z.enum(['bernoulli', 'squared']).default('bernoulli'),
};

/** A dense β-VAE. */
const vae = z.strictObject({ kind: z.literal('vae'), hidden: hidden.min(1).default([512, 256, 100]), ...variational });

/** A convolutional β-VAE: convolutions, dense layers, K means and log variances; a decoder of transposed convolutions. */
const convolutionalVae = z.strictObject({
  kind: z.literal('convolutional-vae'),
  convolutions: encoding.prefault(halving([16, 32])),
  hidden: hidden.default([128]),
  /** Default: the encoder, mirrored. A narrower one draws traversals faster. */
  decoder: upwards.optional(),
  ...variational,
});

const conceptizer = z.discriminatedUnion('kind', [vae, convolutionalVae]);
export type DisennConceptizer = z.infer<typeof conceptizer>;

/** The conceptizers that make a configuration one of a DiSENN. */
export const disennConceptizers = ['vae', 'convolutional-vae'] as const satisfies readonly DisennConceptizer['kind'][];

export const disennSchema = kindSchema('disenn', { conceptizer, ...sharedShape })
  .refine(relativeScale.fits, relativeScale)
  .refine(noiseNeeds.fits, noiseNeeds)
  .refine(depictionEnds.fits, depictionEnds);
export type DisennConfig = z.infer<typeof disennSchema>;
