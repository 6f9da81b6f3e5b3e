import type { Artefact, StaticFile } from './artefact.ts';
import { needsFile } from './needs.ts';
import { staticAnswer, staticAnswerOf } from './static-answer.ts';

/** What a model that learns prototypes in a latent space decodes them to: one image, or row, a concept. */

const file = {
  names: { image: 'decoded-prototypes.png', tabular: 'decoded-prototypes.json' },
  counts: ({ concepts }) => concepts.map(() => 1),
} as const satisfies StaticFile;

const fields = { decodedPrototypes: staticAnswer };

export const decodedPrototypes: Artefact<typeof fields, undefined> = {
  description: 'of each concept, its learned prototype as the model decodes it; the same for every input',
  byDefault: false,
  ...needsFile('decodedPrototypes'),
  fields,
  write(answer, _explanation, _value, context) {
    answer.decodedPrototypes = staticAnswerOf('decodedPrototypes', file, context);
  },
  file,
};
