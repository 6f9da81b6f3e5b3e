import { z } from 'zod';
import type { Artefact } from './artefact.ts';
import { needsConcepts } from './needs.ts';

/** The artefact `concepts`: h(x) as the graphs give it, so nothing is computed here. */

const fields = { concepts: z.array(z.number()).optional() };

/** h(x): how much of each concept is in the input. */
export const concepts: Artefact<typeof fields, undefined> = {
  description: '[K], the concept activations h(x)',
  byDefault: true,
  ...needsConcepts,
  fields,
  write(answer, explanation) {
    answer.concepts = explanation.concepts;
  },
};
