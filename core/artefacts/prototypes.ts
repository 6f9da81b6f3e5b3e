import type { Manifest } from '../manifest.ts';
import type { Tensor } from '../tensor.ts';
import type { Artefact, StaticFile } from './artefact.ts';
import { needsFile } from './needs.ts';
import { staticAnswer, staticAnswerOf } from './static-answer.ts';
import { staticOf, staticOfRows, staticOfSheet, staticShape } from './static-content.ts';

/**
 * The prototypes of a model: the training inputs that activate each concept most, highest first. Its manifest indexes
 * them; the file holds them for whoever has not the training set (static-content.ts).
 */

type Subject = Pick<Manifest, 'input' | 'concepts'>;

const file = {
  names: { image: 'prototypes.png', tabular: 'prototypes.json' },
  counts: ({ concepts }) => concepts.map(({ prototypes }) => prototypes.length),
} as const satisfies StaticFile;

const fields = { prototypes: staticAnswer };

export const prototypes: Artefact<typeof fields, undefined> = {
  description: 'of each concept, the training inputs that activate it most; the same for every input',
  byDefault: false,
  ...needsFile('prototypes'),
  fields,
  write(answer, _explanation, _value, context) {
    answer.prototypes = staticAnswerOf('prototypes', file, context);
  },
  file,
};

/** Name of the file, by the kind of the model's inputs. */
export const prototypeFiles = file.names;

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

export { type StaticRows as PrototypeRows, staticSheet as prototypeSheet } from './static-content.ts';
