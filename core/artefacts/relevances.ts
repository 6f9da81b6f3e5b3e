import { z } from 'zod';
import type { Artefact } from './artefact.ts';
import { needsConcepts } from './needs.ts';

/** The artefact `relevances`: θ(x) as the graphs give it, so nothing is computed here. */

const fields = { relevances: z.array(z.array(z.number())).optional() };

/** θ(x): what one unit of each concept is worth to each class, for this input. */
export const relevances: Artefact<typeof fields, undefined> = {
  description: '[K][C], the relevances θ(x) in logits per concept unit',
  byDefault: true,
  ...needsConcepts,
  fields,
  write(answer, explanation) {
    answer.relevances = explanation.relevances;
  },
};
