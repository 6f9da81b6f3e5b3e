import { z } from 'zod';
import type { Manifest } from '../manifest.ts';
import type { Tensor } from '../tensor.ts';
import type { Artefact, Statics } from './artefact.ts';
import { type End, endShown } from './ends/end.ts';
import { lowPrototypesFile } from './ends/low-prototypes.ts';
import { trainingInputsFile } from './ends/training-inputs.ts';
import { needsFile } from './needs.ts';
import { contentAnswer, staticAnswerOfConcept } from './static-answer.ts';
import { staticOf, staticOfRows, staticOfSheet, staticShape } from './static-content.ts';

/**
 * The prototypes of a model: the training inputs that activate each concept most, highest first. Its manifest indexes
 * them; the file holds them for whoever has not the training set (static-content.ts). Where those are people, each is the
 * mean of a group of them. An explanation shows the end of the
 * concept that its input lies towards: these, or those of the low end (ends/low-prototypes.ts), where the model has them.
 */

type Subject = Pick<Manifest, 'input' | 'concepts'>;

const file = trainingInputsFile(
  'prototypes',
  ({ prototypes }) => prototypes,
  ({ high }) => high,
);

/** Where the prototypes of an end lie. */
const files = {
  high: { artefact: 'prototypes', file },
  low: { artefact: 'lowPrototypes', file: lowPrototypesFile },
} as const satisfies Record<End, object>;

const fields = {
  prototypes: z
    .array(
      z.strictObject({
        concept: z.int().nonnegative(),
        /** Which end they are of: `high` where they activate the concept most, `low` where least. */
        end: z.enum(['high', 'low']),
        ...contentAnswer,
      }),
    )
    .optional(),
};

export const prototypes: Artefact<typeof fields, undefined> = {
  description:
    'of each concept, the training inputs at the end of it that the input lies towards: those that activate it most, or least',
  byDefault: false,
  ...needsFile('prototypes'),
  fields,
  write(answer, { concepts }, _value, context) {
    answer.prototypes = concepts.flatMap((activation, k) => {
      const end = endShown(context.manifest, k, activation);
      const { artefact, file: own } = files[end];
      const content = staticAnswerOfConcept(artefact, own, context, k);
      return content === undefined ? [] : { ...content, end };
    });
  },
  file,
};

/** The prototypes of one end of concept k, `[P, …]`; `undefined` where they are not at hand. */
export function prototypesAtEnd(
  statics: Statics,
  subject: Pick<Manifest, 'concepts'>,
  k: number,
  end: End,
): Tensor | undefined {
  const content = statics[files[end].artefact];
  return content && staticOf(content, files[end].file.counts(subject), k);
}

/** `[K, P, …]` */
export const prototypeShape = (subject: Subject): number[] => staticShape(file.counts(subject), subject);

/** The prototypes of concept k: `[P, …]`, sharing memory. */
export const prototypesOf = (content: Tensor, subject: Pick<Manifest, 'concepts'>, k: number): Tensor =>
  staticOf(content, file.counts(subject), k);

/** `[C, K·H, P·W]` → `[K, P, C, H, W]` @throws invalid_model */
export const prototypesOfSheet = (sheet: Tensor, subject: Subject, where: string): Tensor =>
  staticOfSheet(sheet, file.counts(subject), subject, where);

/** @throws invalid_model */
export const prototypesOfRows = (value: unknown, subject: Subject, where: string): Tensor =>
  staticOfRows(value, file.counts(subject), subject, where);

export { staticSheet as prototypeSheet } from './static-content.ts';
