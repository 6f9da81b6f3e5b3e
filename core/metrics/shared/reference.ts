import { isConstant } from '../../concepts/variation.ts';
import type { Manifest } from '../../manifest.ts';
import { type NoValue, noValue } from '../no-value.ts';

/** What a concept is when it is taken away, and which concepts cannot be. */

/** A concept that can be absent, and its value then: its mean over the training set. */
export interface Absent {
  readonly k: number;
  readonly mean: number;
}

/** Every concept but the constant ones, with its mean; no value where the manifest tells one of them no mean. */
export function absentConcepts({ concepts }: Pick<Manifest, 'concepts'>): readonly Absent[] | NoValue {
  const unknown = concepts.find((concept) => concept.mean === undefined && !isConstant(concept));
  if (unknown !== undefined) {
    return noValue(`the manifest tells no mean of "${unknown.name}" over the training set; export the model again`);
  }
  return concepts.flatMap((concept, k) => (isConstant(concept) ? [] : [{ k, mean: concept.mean as number }]));
}

/**
 * Where the concepts are the features of a table themselves, by their names: for each feature its concept. Nothing was
 * learned to decode them then.
 * @returns `[F]`, indices of concepts; `undefined` where they are anything else
 */
export function conceptOfFeature({ input, concepts }: Pick<Manifest, 'input' | 'concepts'>): number[] | undefined {
  if (input.kind !== 'tabular') return undefined;
  const indices = input.features.map(({ name }) => concepts.findIndex((concept) => concept.name === name));
  return indices.includes(-1) ? undefined : indices;
}
