import { z } from 'zod';
import type { Artefact } from './artefact.ts';
import { needsConcepts } from './needs.ts';

/** The artefact `contributions`: the products θ·h, which every prediction has already (explanation.ts). */

const fields = { contributions: z.array(z.array(z.number())).optional() };

/** θ[k,c]·h[k]: the prediction, taken apart. */
export const contributions: Artefact<typeof fields, undefined> = {
  description: '[K][C], what each concept contributes to each class in logits; the columns sum to the logits',
  byDefault: true,
  ...needsConcepts,
  fields,
  write(answer, explanation) {
    answer.contributions = explanation.contributions;
  },
};
