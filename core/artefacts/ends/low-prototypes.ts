import type { Artefact } from '../artefact.ts';
import { needsFile } from '../needs.ts';
import { staticAnswer, staticAnswerOf } from '../static-answer.ts';
import { trainingInputsFile } from './training-inputs.ts';

/** The other end of every concept: the training inputs that activate it least, lowest first. */

export const lowPrototypesFile = trainingInputsFile(
  'low-prototypes',
  ({ lowPrototypes = [] }) => lowPrototypes,
  ({ low }) => low,
);

const fields = { lowPrototypes: staticAnswer };

export const lowPrototypes: Artefact<typeof fields, undefined> = {
  description: 'of each concept, the training inputs that activate it least; the same for every input',
  byDefault: false,
  ...needsFile('lowPrototypes'),
  fields,
  write(answer, _explanation, _value, context) {
    answer.lowPrototypes = staticAnswerOf('lowPrototypes', lowPrototypesFile, context);
  },
  file: lowPrototypesFile,
};
