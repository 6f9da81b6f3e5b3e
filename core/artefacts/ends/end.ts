import type { Concept, Manifest } from '../../manifest.ts';

/**
 * The two ends of a concept, and which of them an input lies towards. A concept that is "5 … 2", or slant to either side,
 * is told by both: training inputs of its high end explain nothing where this input lies at the low one.
 */

export type End = 'high' | 'low';

/** What an end's prototypes are among the training inputs. */
export const END_WORDS = { high: 'highest', low: 'lowest' } as const satisfies Record<End, string>;

/**
 * The activation that says nothing, in concept units: the training mean; the median in a manifest that does not tell it.
 */
export const referenceOf = ({ mean, quantiles }: Pick<Concept, 'mean' | 'quantiles'>): number => mean ?? quantiles.q50;

/** The end of a concept that an activation lies towards: `low` below the reference, else `high`. */
export const endOf = (concept: Pick<Concept, 'mean' | 'quantiles'>, activation: number): End =>
  activation < referenceOf(concept) ? 'low' : 'high';

const hasLow = (concept: Concept): boolean => prototypesAt(concept, 'low').count > 0;

/** The end whose prototypes tell a concept at an activation: the one it lies towards, `high` where no low one is known. */
export const endTold = (concept: Concept, activation: number): End =>
  hasLow(concept) ? endOf(concept, activation) : 'high';

/** The same of concept k of a model that is shown: `high` too where the model has no file of the low ones. */
export function endShown(model: Pick<Manifest, 'artefacts' | 'concepts'>, k: number, activation: number): End {
  return model.artefacts.includes('lowPrototypes') ? endTold(model.concepts[k] as Concept, activation) : 'high';
}

/** Whether the prototypes that are shown depend on the input. */
export const hasTwoEnds = ({ artefacts, concepts }: Pick<Manifest, 'artefacts' | 'concepts'>): boolean =>
  artefacts.includes('lowPrototypes') && concepts.some(hasLow);

/** What the manifest says of the prototypes of one end: how many, and the class of each. */
export function prototypesAt(
  { prototypes, prototypeLabels, lowPrototypes = [], lowPrototypeLabels, groups }: Concept,
  end: End,
): { readonly count: number; readonly labels: readonly number[] | undefined } {
  return end === 'high'
    ? { count: (groups?.high ?? prototypes).length, labels: prototypeLabels }
    : { count: (groups?.low ?? lowPrototypes).length, labels: lowPrototypeLabels };
}
