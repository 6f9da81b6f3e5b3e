import { imageShape } from '../shared/conceptizer.ts';
import { sharedKind } from '../shared/kind.ts';
import { autoencoder } from './autoencoder.ts';
import { type SennConceptizer, sennSchema } from './config.ts';
import { identity } from './identity.ts';
import { sennConceptLoss } from './loss.ts';
import { ones } from './ones.ts';

/** The kind `senn`: the self-explaining network of Alvarez-Melis & Jaakkola, as a row of the table. */
export const senn = sharedKind<typeof sennSchema, SennConceptizer>({
  title: 'a SENN',
  description:
    'Relevances that depend on the input weigh concepts, which are features as they are or the sparse code of an autoencoder (Alvarez-Melis & Jaakkola 2018).',
  schema: sennSchema,
  conceptizerOutputs: ['concepts'],
  createConceptizer: (config, shape, initial) => {
    if (config.kind === 'identity') return identity(shape);
    if (config.kind === 'ones') return ones(shape, config.concepts);
    return autoencoder(imageShape(shape, config.kind), config, initial);
  },
  conceptLoss: sennConceptLoss,
  evaluated: (config) => config,
  featuresAreConcepts: ({ kind }) => kind === 'identity',
});
