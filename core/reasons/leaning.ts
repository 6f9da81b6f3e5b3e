import { type End, endOf, prototypesAt } from '../artefacts/ends/end.ts';
import { isConstant } from '../concepts/variation.ts';
import type { Concept } from '../manifest.ts';

/** Where an input lies on a concept, in words: towards which end, how far, and which classes lie there. */

/** Where an activation lies among those of the training set. */
export interface Leaning {
  readonly end: End;
  /** Beyond the middle half of the training inputs. */
  readonly isFar: boolean;
}

/** @returns `undefined` for a concept that is constant, and so has no ends */
export function leaningOf(concept: Concept, activation: number): Leaning | undefined {
  if (isConstant(concept)) return undefined;
  const { q25, q75 } = concept.quantiles;
  const end = endOf(concept, activation);
  return { end, isFar: end === 'high' ? activation >= q75 : activation <= q25 };
}

/** `high`, or `a little low`. */
export const leaningWords = ({ end, isFar }: Leaning): string => (isFar ? end : `a little ${end}`);

/** The most classes that an end is likened to, and the share of its prototypes that one must have. */
const MOST_ALIKE = 2;
const LEAST_SHARE = 0.2;

/** The classes that an end of a concept is like: those of most of its prototypes; none where these are not known. */
export function classesAtEnd(concept: Concept, end: End): number[] {
  const { labels = [] } = prototypesAt(concept, end);
  const counts = new Map<number, number>();
  for (const label of labels) counts.set(label, (counts.get(label) ?? 0) + 1);
  return [...counts]
    .filter(([, count]) => count >= LEAST_SHARE * labels.length)
    .sort(([, a], [, b]) => b - a)
    .slice(0, MOST_ALIKE)
    .map(([label]) => label);
}
