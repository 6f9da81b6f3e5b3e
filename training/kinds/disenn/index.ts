import { imageShape } from '../shared/conceptizer.ts';
import { sharedKind } from '../shared/kind.ts';
import { type DisennConceptizer, disennSchema } from './config.ts';
import { disennConceptLoss } from './loss.ts';
import { convolutionalVae, denseVae } from './variational.ts';

/** The kind `disenn`: a self-explaining network over disentangled concepts, as a row of the table. */
export const disenn = sharedKind<typeof disennSchema, DisennConceptizer>({
  title: 'a DiSENN',
  description:
    'Relevances that depend on the input weigh the latents of a variational autoencoder, which can be moved and decoded one by one (Elbaghdadi et al. 2020).',
  schema: disennSchema,
  conceptizerOutputs: ['concepts', 'log_variance'],
  createConceptizer: (config, shape, initial) =>
    config.kind === 'vae'
      ? denseVae(shape, config, initial)
      : convolutionalVae(imageShape(shape, config.kind), config, initial),
  conceptLoss: disennConceptLoss,
  // The parts of the KL divergence need samples; its closed form does not.
  evaluated: (config) => ({ ...config, objective: 'beta-vae' }),
  featuresAreConcepts: () => false,
});
