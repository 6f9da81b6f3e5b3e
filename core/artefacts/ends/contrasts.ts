import { z } from 'zod';
import type { Artefact } from '../artefact.ts';
import { needsFile } from '../needs.ts';
import { chosenOf, contentAnswer, staticAnswerOf } from '../static-answer.ts';
import { trainingInputsFile } from './training-inputs.ts';

/**
 * Concepts by contrast: pairs of training inputs that are far apart in one concept and alike in all others, so that what
 * differs between the two is what the concept is (training/run/training-set/contrasts.ts says how they are found).
 */

const file = trainingInputsFile(
  'contrasts',
  ({ contrasts = [] }) => contrasts.flat(),
  () => [],
);

const side = z.strictObject(contentAnswer);
const fields = {
  contrasts: z
    .array(
      z.strictObject({
        concept: z.int().nonnegative(),
        /** `[P]` each: pair p is the p-th of both. */
        high: side,
        low: side,
      }),
    )
    .optional(),
};

export const contrasts: Artefact<typeof fields, undefined> = {
  description:
    'of each concept, pairs of training inputs that are far apart in it and alike in all others; the same for every input',
  byDefault: false,
  ...needsFile('contrasts'),
  fields,
  write(answer, _explanation, _value, context) {
    answer.contrasts = staticAnswerOf('contrasts', file, context).map(({ concept, ...pairs }) => ({
      concept,
      high: chosenOf(pairs, (i) => i % 2 === 0),
      low: chosenOf(pairs, (i) => i % 2 === 1),
    }));
  },
  file,
};
