import { z } from 'zod';
import type { Artefact } from '../artefact.ts';
import { needsFile } from '../needs.ts';
import { contentAnswer, staticAnswerOf } from '../static-answer.ts';
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

type Side = z.infer<typeof side>;

/** Every other one, from the first or from the second on. */
const every = ({ images, features }: Side, first: 0 | 1): Side => ({
  ...(images && { images: images.filter((_, i) => i % 2 === first) }),
  ...(features && { features: features.filter((_, i) => i % 2 === first) }),
});

export const contrasts: Artefact<typeof fields, undefined> = {
  description:
    'of each concept, pairs of training inputs that are far apart in it and alike in all others; the same for every input',
  byDefault: false,
  ...needsFile('contrasts'),
  fields,
  write(answer, _explanation, _value, context) {
    answer.contrasts = staticAnswerOf('contrasts', file, context).map(({ concept, ...pairs }) => ({
      concept,
      high: every(pairs, 0),
      low: every(pairs, 1),
    }));
  },
  file,
};
