import { type End, endOf, prototypesAt, referenceOf } from '../artefacts/ends/end.ts';
import { deviationOf, isConstant } from '../concepts/variation.ts';
import type { Concept, Manifest } from '../manifest.ts';

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

/**
 * Where an activation is drawn between the ends, so that the drawing says what the words say: 0 is q₀₅ or less, ½ the usual
 * activation, 1 is q₉₅ or more, in proportion between them.
 */
export function placeOf(concept: Pick<Concept, 'mean' | 'quantiles'>, activation: number): number {
  const { q05, q95 } = concept.quantiles;
  const usual = referenceOf(concept);
  const [from, range] = activation < usual ? [-1, usual - q05] : [1, q95 - usual];
  const share = range > 0 ? Math.min(1, Math.abs(activation - usual) / range) : 1;
  return activation === usual ? 0.5 : 0.5 + (from * share) / 2;
}

/** Of a concept's deviation: means of two classes that are nearer tell them not apart. */
const APART = 0.5;

/** `high`, or `a little low`. */
export const leaningWords = ({ end, isFar }: Leaning): string => (isFar ? end : `a little ${end}`);

/**
 * Which of two classes an activation is like in a concept: the one whose training inputs lie nearer to it on average, where the
 * two lie apart at all.
 * @returns `undefined` where their means are less than half a deviation of the concept apart, or not known
 */
export function likerOf(
  { concepts, profiles }: Pick<Manifest, 'concepts' | 'profiles'>,
  k: number,
  activation: number,
  [a, b]: readonly [number, number],
): number | undefined {
  const [first, second] = [a, b].map((c) => profiles?.[c]?.concepts[k]?.mean);
  if (first === undefined || second === undefined) return undefined;
  const apart = Math.abs(first - second);
  if (apart === 0 || apart < APART * deviationOf(concepts[k] as Concept)) return undefined;
  return Math.abs(activation - first) < Math.abs(activation - second) ? a : b;
}

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
