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

/** Whether a model shows low prototypes of the concept. */
const hasLow = ({ artefacts }: Pick<Manifest, 'artefacts'>, { lowPrototypes = [] }: Concept): boolean =>
  lowPrototypes.length > 0 && artefacts.includes('lowPrototypes');

/** The end whose prototypes tell concept k of an input: the one it lies towards, `high` where the model has no other. */
export function endShown(model: Pick<Manifest, 'artefacts' | 'concepts'>, k: number, activation: number): End {
  const concept = model.concepts[k] as Concept;
  return hasLow(model, concept) ? endOf(concept, activation) : 'high';
}

/** Whether the prototypes of any concept depend on the input. */
export const hasTwoEnds = (model: Pick<Manifest, 'artefacts' | 'concepts'>): boolean =>
  model.concepts.some((concept) => hasLow(model, concept));

/** The manifest's prototypes of one end with their classes: indices of training inputs. */
export function prototypesAt(
  { prototypes, prototypeLabels, lowPrototypes = [], lowPrototypeLabels }: Concept,
  end: End,
): { readonly inputs: readonly number[]; readonly labels: readonly number[] | undefined } {
  return end === 'high'
    ? { inputs: prototypes, labels: prototypeLabels }
    : { inputs: lowPrototypes, labels: lowPrototypeLabels };
}
