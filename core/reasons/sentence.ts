import type { Explanation } from '../artefacts/explanation.ts';
import type { Concept, Manifest } from '../manifest.ts';
import { shortestDecimal } from '../tables/float32.ts';
import { featuresOfConcepts } from '../tables/named-concepts.ts';
import { quantity } from '../text/format.ts';
import type { Comparison } from './comparison.ts';
import { classesAtEnd, leaningOf, leaningWords } from './leaning.ts';

/**
 * Why, in words, the same in figures and on the page: `“7” rather than “3”, mainly because of concept 5 (high, like “7”).
 * Without it, “3” would be ahead; concept 4 (low, like “1”) speaks for “3”.`
 */
export interface Reason {
  /** One sentence: which class rather than which, and the concepts that decide. */
  readonly verdict: string;
  /** One more: what would be without those, and what speaks for the other class. Empty where the two are level. */
  readonly rest: string;
}

type Model = Pick<Manifest, 'input' | 'classes' | 'concepts'>;

/** What a sentence is about. */
export interface Reasoned {
  readonly prediction: Pick<Explanation, 'concepts'>;
  /** `[…]`, in the model's units; of a table its features are told. */
  readonly input: { readonly data: Float32Array };
  readonly comparison: Comparison;
}

/** Concepts that are named, at most: of those that decide, and of those that speak for the other class. */
const MOST = { deciding: 3, against: 2 } as const;
/** Of the largest difference: what is less is not named as speaking for the other class. */
const NOTEWORTHY = 0.1;

/** `a, b and c`. */
function listed(names: readonly string[], more = 0): string {
  const all = more > 0 ? [...names, `${more} more`] : names;
  return all.length < 2 ? all.join('') : `${all.slice(0, -1).join(', ')} and ${all.at(-1)}`;
}

const quoted = (label: string | undefined): string => `“${label}”`;

/** What concept k is in an input: the value of its feature, or where it lies, and what else lies there. */
function stateOf(model: Model, { prediction, input }: Reasoned, k: number): string {
  const feature = featuresOfConcepts(model)[k];
  if (feature !== undefined && model.input.kind === 'tabular') {
    return quantity(shortestDecimal(input.data[feature] as number), model.input.features[feature]?.unit);
  }
  const concept = model.concepts[k] as Concept;
  const leaning = leaningOf(concept, prediction.concepts[k] as number);
  if (leaning === undefined) return 'the same in every input';
  const alike = classesAtEnd(concept, leaning.end).map((c) => quoted(model.classes[c]));
  const what = concept.phrase ?? (alike.length > 0 ? `like ${alike.join(' or ')}` : undefined);
  return what === undefined ? leaningWords(leaning) : `${leaningWords(leaning)}, ${what}`;
}

/** What is told of a comparison. */
export function reasonOf(model: Model, reasoned: Reasoned): Reason {
  const { ahead, behind, differences, margin, order, deciding } = reasoned.comparison;
  const [winner, other] = [ahead, behind].map((c) => quoted(model.classes[c])) as [string, string];
  if (deciding.length === 0) return { verdict: `${winner} and ${other} are level.`, rest: '' };
  const named = (k: number): string => `${model.concepts[k]?.name} (${stateOf(model, reasoned, k)})`;
  const shown = deciding.slice(0, MOST.deciding).map(named);
  const because = listed(shown, deciding.length - shown.length);

  const without = deciding.reduce((left, k) => left - (differences[k] as number), margin);
  const them = deciding.length === 1 ? 'it' : `these ${deciding.length}`;
  const then = `Without ${them}, ${other} would be ${without < 0 ? 'ahead' : 'level'}`;
  const largest = Math.abs(differences[order[0] as number] as number);
  const against = order
    .filter((k) => (differences[k] as number) < -NOTEWORTHY * largest)
    .slice(0, MOST.against)
    .map(named);
  const [who, verb] =
    against.length === 0 ? ['hardly anything', 'speaks'] : [listed(against), against.length === 1 ? 'speaks' : 'speak'];
  return {
    verdict: `${winner} rather than ${other}, mainly because of ${because}.`,
    rest: `${then}; ${who} ${verb} for ${other}.`,
  };
}

/** Both sentences as one text. */
export const sentenceOf = ({ verdict, rest }: Reason): string => (rest === '' ? verdict : `${verdict} ${rest}`);
