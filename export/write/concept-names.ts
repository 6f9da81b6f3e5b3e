import { z } from 'zod';
import { SennError } from '../../core/errors.ts';
import type { Concept, Manifest } from '../../core/manifest.ts';
import { featuresOfConcepts } from '../../core/tables/named-concepts.ts';
import { didYouMean } from '../../core/text/did-you-mean.ts';
import { readJsonFile } from '../../training/files/json-file.ts';

/**
 * Names that people give to concepts once they have looked at them, in a file of theirs: by index or by the present name,
 * a name, a phrase, what an input looks like at its low and at its high end, or several of these.
 *
 * ```json
 * { "0": "slant", "concept D": { "name": "loop", "phrase": "how open the loop is", "low": "open", "high": "closed" } }
 * ```
 */

/** Characters that figures and the page have room for. */
const MOST = { name: 40, phrase: 160, end: 40 } as const;

const line = (most: number) =>
  z
    .string()
    .trim()
    .min(1, 'must not be empty')
    .max(most, `must have at most ${most} characters`)
    .regex(/^\P{Cc}*$/u, 'must be one line');

const entry = z.preprocess(
  (value) => (typeof value === 'string' ? { name: value } : value),
  z
    .strictObject(
      {
        name: line(MOST.name)
          .refine((name) => !/^\d+$/.test(name), 'must not be a number, which stands for an index')
          .optional(),
        phrase: line(MOST.phrase).optional(),
        low: line(MOST.end).optional(),
        high: line(MOST.end).optional(),
      },
      'must be a name or { "name": …, "phrase": …, "low": …, "high": … }',
    )
    .refine(({ low, high }) => (low === undefined) === (high === undefined), 'must tell both ends, "low" and "high"')
    .refine((given) => Object.keys(given).length > 0, 'must have a name, a phrase or both ends'),
);

const fileSchema = z.record(z.string(), entry, 'must be { "<index or name>": <name>, … }');
export type ConceptNames = z.infer<typeof fileSchema>;

/** @throws missing_data | invalid_config */
export const readConceptNames = (path: string): Promise<ConceptNames> =>
  readJsonFile(path, fileSchema, 'invalid_config');

type Subject = Pick<Manifest, 'input' | 'concepts'>;

/** The concept that a key of the file means. @throws invalid_config */
function indexOf(key: string, { concepts }: Subject, where: string): number {
  const names = concepts.map(({ name }) => name);
  const k = /^\d+$/.test(key) ? Number(key) : names.indexOf(key);
  if (k >= 0 && k < concepts.length) return k;
  throw new SennError(
    'invalid_config',
    `${where}: unknown concept "${key}"; choose 0 to ${concepts.length - 1}, or ${names.join(', ')}${didYouMean(key, names)}`,
    { concept: key, choices: names },
  );
}

/**
 * The concepts with the names and phrases of the file; what it does not tell stays as it is.
 * @param where what the file is called in messages
 * @throws invalid_config for an unknown concept, one that is named twice, and names that are not one for each concept;
 *   a concept of a table that is a feature keeps the feature's name, by which it is known as one
 */
export function namedConcepts(subject: Subject, names: ConceptNames, where: string): Concept[] {
  const entries = Object.entries(names).map(([key, given]) => ({ key, given, k: indexOf(key, subject, where) }));
  const features = featuresOfConcepts(subject);
  const concepts = [...subject.concepts];
  const namedBy = new Map<number, string>();
  for (const { key, given, k } of entries) {
    const concept = subject.concepts[k] as Concept;
    const before = namedBy.get(k);
    if (before !== undefined) {
      throw new SennError('invalid_config', `${where}: "${before}" and "${key}" are the same concept, ${k}`);
    }
    namedBy.set(k, key);
    const { name = concept.name, phrase, low, high } = given;
    if (features[k] !== undefined && name !== concept.name) {
      throw new SennError(
        'invalid_config',
        `${where}: "${key}" is the feature "${concept.name}" itself and keeps its name; give it a phrase or ends`,
      );
    }
    const ends = low === undefined || high === undefined ? undefined : { low, high };
    concepts[k] = { ...concept, name, ...(phrase !== undefined && { phrase }), ...(ends && { ends }) };
  }
  checkDistinct(concepts, subject, features, where);
  return concepts;
}

/** No two concepts of one name, and none that would be taken for a feature that it is not. */
function checkDistinct(
  concepts: readonly Concept[],
  { input }: Subject,
  features: readonly (number | undefined)[],
  where: string,
): void {
  const taken = new Map<string, string>();
  if (input.kind === 'tabular') for (const { name } of input.features) taken.set(name, 'a feature');
  concepts.forEach(({ name }, k) => {
    if (features[k] !== undefined) return;
    const other = taken.get(name);
    if (other !== undefined) {
      throw new SennError('invalid_config', `${where}: concept ${k} would be called "${name}", as ${other} is`, {
        concept: k,
        name,
      });
    }
    taken.set(name, `concept ${k}`);
  });
}
