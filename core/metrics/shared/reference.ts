import type { Manifest } from '../../manifest.ts';
import { type NoValue, noValue } from '../no-value.ts';

/** What a concept is when it is taken away, and which concepts cannot be. */

type Concept = Manifest['concepts'][number];

/** Values of a constant concept differ by rounding alone: this share of their size. */
const CONSTANT = 1e-6;

const rounding = ({ quantiles: { q05 } }: Concept): number => CONSTANT * Math.max(1, Math.abs(q05));

/** Whether a concept can be moved within its range at all: its outer quantiles differ. */
export const hasRange = (concept: Concept): boolean =>
  Math.abs(concept.quantiles.q95 - concept.quantiles.q05) > rounding(concept);

/**
 * Whether a concept has one value over the training set, as a bias has: then it cannot be absent, stays as it is in every
 * replacement, and is left out of what is averaged over the concepts.
 */
export function isConstant(concept: Concept): boolean {
  const { quantiles, mean = quantiles.q05 } = concept;
  return !hasRange(concept) && Math.abs(mean - quantiles.q05) <= rounding(concept);
}

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
