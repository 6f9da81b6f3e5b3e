import type { End } from '../artefacts/ends/end.ts';
import type { Explanation } from '../artefacts/explanation.ts';
import type { Concept, Manifest } from '../manifest.ts';
import { shortestDecimal } from '../tables/float32.ts';
import { featuresOfConcepts } from '../tables/named-concepts.ts';
import { quantity } from '../text/format.ts';
import { listed } from '../text/listed.ts';
import type { Comparison } from './comparison.ts';
import { classesAtEnd, leaningOf, leaningWords, likerOf } from './leaning.ts';

/**
 * Why, in words, the same in figures and on the page: `“7” rather than “3”, mainly because concept F (high, like “7”) speaks
 * for “7”. Without it, “3” would be ahead; concept G (high) speaks for “3”.` A concept whose work is to lower the class that
 * is behind, more than to raise the one that is ahead, `speaks against “3”`. Where it is known what would tip the decision in
 * the picture (change-words.ts), that comes first: `“7” rather than “3”: it would be read as “3” with more at the bottom.`
 */
export interface Reason {
  /** One sentence: which class rather than which, and what would tip it, or else the concepts that decide. */
  readonly verdict: string;
  /** More: the concepts that decide, what would be without them, what speaks for the other class. Empty where two are level. */
  readonly rest: string;
}

type Model = Pick<Manifest, 'input' | 'classes' | 'concepts' | 'profiles'>;

/** What a sentence is about. */
export interface Reasoned {
  readonly prediction: Pick<Explanation, 'concepts' | 'contributions'>;
  /** `[…]`, in the model's units; of a table its features are told. */
  readonly input: { readonly data: Float32Array };
  readonly comparison: Comparison;
  /** What was found by asking a model that has no concepts about changed inputs, as a clause. */
  readonly outside?: string | undefined;
}

/** Concepts that are named, at most: of those that decide, and of those that speak for the other class. */
const MOST = { deciding: 3, against: 2 } as const;
/** Of the largest difference: what is less is not named as speaking for the other class. */
const NOTEWORTHY = 0.1;

const quoted = (label: string | undefined): string => `“${label}”`;

/**
 * A concept with what it is in an input: `age (33 years)`, the value of its feature, or where it lies, `concept F (high, like
 * “7”)`. Which training inputs lie there is told only where they are of one of the two classes: what is like a third one
 * explains nothing between these. Where somebody has told what its ends look like, that comes first: `a bar on top (concept F,
 * high)`.
 */
function named(model: Model, reasoned: Reasoned, k: number): string {
  const { prediction, input } = reasoned;
  const concept = model.concepts[k] as Concept;
  const { name, phrase, ends } = concept;
  const feature = featuresOfConcepts(model)[k];
  if (feature !== undefined && model.input.kind === 'tabular') {
    const value = shortestDecimal(input.data[feature] as number);
    return `${name} (${quantity(value, model.input.features[feature]?.unit)})`;
  }
  const leaning = leaningOf(concept, prediction.concepts[k] as number);
  if (leaning === undefined) return `${name} (the same in every input)`;
  if (ends !== undefined) return `${ends[leaning.end]} (${name}, ${leaningWords(leaning)})`;
  const alike = alikeIn(model, reasoned, k, leaning.end);
  const what = phrase ?? (alike === undefined ? undefined : `like ${quoted(model.classes[alike])}`);
  return `${name} (${what === undefined ? leaningWords(leaning) : `${leaningWords(leaning)}, ${what}`})`;
}

/**
 * The class of the two that an input is like in a concept, by where each class is in it, else by its prototypes there. Only
 * the one that the concept speaks for is told: that a concept in which it is like a 7 speaks for a 3 is for the figure to show.
 */
function alikeIn(model: Model, { prediction, comparison }: Reasoned, k: number, end: End): number | undefined {
  const { ahead, behind, differences } = comparison;
  const favoured = (differences[k] as number) > 0 ? ahead : behind;
  const isAlike =
    model.profiles === undefined
      ? classesAtEnd(model.concepts[k] as Concept, end).includes(favoured)
      : likerOf(model, k, prediction.concepts[k] as number, [ahead, behind]) === favoured;
  return isAlike ? favoured : undefined;
}

/**
 * What concepts do between two classes, in words: `concept F (high) speaks for “7”, and concept B (low) speaks against “3”`.
 * Each of them raises the one class or lowers the other; what it does more is said. Of two classes in all, one is ahead as far
 * as the other is behind, so nothing is told apart.
 * @param concepts that all favour one of the two, in their order
 * @param more how many others there are of them that are not named
 */
function workOf(model: Model, reasoned: Reasoned, concepts: readonly number[], more = 0): string {
  const { ahead, behind, differences } = reasoned.comparison;
  const nameOf = (k: number): string => named(model, reasoned, k);
  const isRaising = (k: number): boolean => {
    const row = reasoned.prediction.contributions[k] as readonly number[];
    if (row.length === 2) return true;
    const [own, other] = [row[ahead] as number, row[behind] as number];
    return (differences[k] as number) > 0 ? own >= -other : other >= -own;
  };
  const isAhead = (differences[concepts[0] as number] as number) > 0;
  const [favoured, hindered] = (isAhead ? [ahead, behind] : [behind, ahead]).map((c) => quoted(model.classes[c]));
  const groups = [
    { names: concepts.filter(isRaising).map(nameOf), what: `for ${favoured}` },
    { names: concepts.filter((k) => !isRaising(k)).map(nameOf), what: `against ${hindered}` },
  ].filter(({ names }) => names.length > 0);
  const told = groups.map(({ names, what }) => `${listed(names)} ${names.length === 1 ? 'speaks' : 'speak'} ${what}`);
  return more > 0 ? `${told.join(', ')}, and ${more} more` : told.join(', and ');
}

/**
 * What is told of a comparison.
 * @param change what would tip the decision in the picture, in words (change-words.ts)
 */
export function reasonOf(model: Model, reasoned: Reasoned, change?: string): Reason {
  const { ahead, behind, differences, margin, order, deciding } = reasoned.comparison;
  const largest = Math.max(...differences.map(Math.abs));
  const [winner, other] = [ahead, behind].map((c) => quoted(model.classes[c])) as [string, string];
  if (model.concepts.length === 0) return reasonFromOutside(`${winner} rather than ${other}`, reasoned.outside);
  if (deciding.length === 0) return { verdict: `${winner} and ${other} are level.`, rest: '' };
  const shown = deciding.slice(0, MOST.deciding);
  const because = workOf(model, reasoned, shown, deciding.length - shown.length);

  const without = deciding.reduce((left, k) => left - (differences[k] as number), margin);
  const them = deciding.length === 1 ? 'it' : `these ${deciding.length}`;
  const then = `Without ${them}, ${other} would be ${without < 0 ? 'ahead' : 'level'}`;
  const against = order.filter((k) => (differences[k] as number) < -NOTEWORTHY * largest).slice(0, MOST.against);
  const opposed = against.length === 0 ? `hardly anything speaks for ${other}` : workOf(model, reasoned, against);
  const between = `${winner} rather than ${other}`;
  const rest = `${then}; ${opposed}.`;
  if (change === undefined) return { verdict: `${between}, mainly because ${because}.`, rest };
  return { verdict: `${between}: ${change}.`, rest: `Mainly, ${because}. ${rest}` };
}

/** Of a black box, which has no reasons of its own to tell. */
function reasonFromOutside(between: string, outside: string | undefined): Reason {
  return outside === undefined
    ? {
        verdict: `${between}.`,
        rest: 'A black box gives no reasons of its own, and it was not asked about changed inputs.',
      }
    : {
        verdict: `${between}: ${outside}.`,
        rest: 'A black box gives no reasons of its own: these are found from outside, by its answers to changed inputs.',
      };
}

/** Both sentences as one text. */
export const sentenceOf = ({ verdict, rest }: Reason): string => (rest === '' ? verdict : `${verdict} ${rest}`);
