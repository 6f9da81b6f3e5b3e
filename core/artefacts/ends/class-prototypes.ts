import { z } from 'zod';
import type { Concept, Manifest } from '../../manifest.ts';
import { sliceRows, type Tensor } from '../../tensor.ts';
import type { Artefact, Statics } from '../artefact.ts';
import { needsFile } from '../needs.ts';
import { chosenOf, contentAnswer, staticAnswerOf } from '../static-answer.ts';
import { staticOf } from '../static-content.ts';
import type { End } from './end.ts';
import { trainingInputsFile } from './training-inputs.ts';

/**
 * The ends of every concept within each class: the training inputs of the class that activate it least and most. Between a
 * 4 and a 9 they show what the concept is in 4s and in 9s, where the ends of the whole training set are often 1s and 0s.
 */

/** The content of concept k is that of every class in turn, the low end before the high one. */
const ENDS = ['low', 'high'] as const satisfies readonly End[];

const file = trainingInputsFile(
  'class-prototypes',
  ({ classPrototypes = [] }) => classPrototypes.flatMap((own) => ENDS.flatMap((end) => own[end])),
  () => [],
);

const side = z.strictObject(contentAnswer);
const fields = {
  classPrototypes: z
    .array(
      z.strictObject({
        concept: z.int().nonnegative(),
        /** `[C]`, in the order of the classes. */
        classes: z.array(z.strictObject({ label: z.string(), low: side, high: side })),
      }),
    )
    .optional(),
};

/** Where in the content of a concept those of one end of class c lie. */
export function classPrototypesAt(
  { classPrototypes = [] }: Concept,
  c: number,
  end: End,
): { first: number; count: number } {
  let first = 0;
  for (const [other, own] of classPrototypes.entries()) {
    for (const otherEnd of ENDS) {
      const count = own[otherEnd].length;
      if (other === c && otherEnd === end) return { first, count };
      first += count;
    }
  }
  return { first, count: 0 };
}

/** Those of one end of class c in concept k, `[P, …]`; `undefined` where they are not at hand. */
export function classPrototypesOf(
  statics: Statics,
  subject: Pick<Manifest, 'concepts'>,
  k: number,
  c: number,
  end: End,
): Tensor | undefined {
  const content = statics['classPrototypes'];
  if (content === undefined) return undefined;
  const { first, count } = classPrototypesAt(subject.concepts[k] as Concept, c, end);
  return sliceRows(staticOf(content, file.counts(subject), k), first, first + count);
}

export const classPrototypes: Artefact<typeof fields, undefined> = {
  description:
    'of each concept and class, the training inputs of the class that activate the concept least and most; the same for every input',
  byDefault: false,
  ...needsFile('classPrototypes'),
  fields,
  write(answer, _explanation, _value, context) {
    const { concepts, classes } = context.manifest;
    answer.classPrototypes = staticAnswerOf('classPrototypes', file, context).map(({ concept: k, ...content }) => {
      const concept = concepts[k] as Concept;
      const at = (c: number, end: End) => {
        const { first, count } = classPrototypesAt(concept, c, end);
        return chosenOf(content, (i) => i >= first && i < first + count);
      };
      const own = concept.classPrototypes ?? [];
      return {
        concept: k,
        classes: own.map((_, c) => ({ label: classes[c] as string, low: at(c, 'low'), high: at(c, 'high') })),
      };
    });
  },
  file,
};
