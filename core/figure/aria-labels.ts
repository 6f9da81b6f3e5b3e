import { END_WORDS, type End } from '../artefacts/ends/end.ts';
import { unfamiliarWarning } from '../artefacts/familiarity/warning.ts';
import { conceptWords } from '../reasons/concept-words.ts';
import { type Reason, sentenceOf } from '../reasons/sentence.ts';
import { CHANGE_WORDS, movedWords, readWords, type TurningPoint } from '../reasons/turning-point.ts';
import { percent, plain, signed } from '../text/format.ts';
import type { ComparedPanel, Subject } from './panel.ts';

/** What a drawing says to those who do not see it, and to those who point at it. */

const inputs = (count: number): string => (count === 1 ? '1 input' : `${count} inputs`);

export const figureLabel = ({ name, version }: Pick<Subject, 'name' | 'version'>, count: number): string =>
  `${name} ${version}: explanation of ${inputs(count)}`;

/** One input: its class, why, and what every concept contributes to it and to the class that it is set beside. */
export function panelLabel(
  subject: Pick<Subject, 'input' | 'concepts' | 'classes'>,
  { prediction, comparison, turn }: Pick<ComparedPanel, 'prediction' | 'comparison' | 'turn'>,
  reason: Reason,
  { index, count }: { readonly index: number; readonly count: number },
): string {
  const { concepts, classes } = subject;
  const { label, probability, familiarity, contributions, logits } = prediction;
  const { ahead, behind, order } = comparison;
  const sums = [ahead, behind].map((c) => {
    const each = order.map((k) => `${concepts[k]?.name} ${signed(contributions[k]?.[c] as number)}`);
    return `Contributions to “${classes[c]}”, sum ${signed(logits[c] as number)}: ${each.join(', ')}.`;
  });
  const phrases = concepts.flatMap((concept) => {
    const described = conceptWords(concept);
    return described === undefined ? [] : [`${described}.`];
  });
  const warning = unfamiliarWarning(subject, familiarity);
  return [
    `Input ${index + 1} of ${count}: “${label}”, ${percent(probability)}.`,
    ...(warning === undefined ? [] : [warning]),
    sentenceOf(reason),
    ...(turn === undefined ? [] : [turnLabel(subject, turn)]),
    ...sums,
    ...phrases,
  ].join(' ');
}

/** What would tip the decision, in a sentence. */
export const turnLabel = (subject: Pick<Subject, 'classes'>, turn: TurningPoint): string =>
  `A picture of it with ${movedWords(subject, turn)}, read by the model: ${readWords(subject, turn)}.`;

/** The input with what would change on it. */
export const changeLabel = ({ classes }: Pick<Subject, 'classes'>, { ahead, behind }: TurningPoint): string =>
  `What of the picture would change from “${classes[ahead]}” to “${classes[behind]}”, drawn on it: ${CHANGE_WORDS}.`;

/** A bar of a mean contribution. */
export const barTitle = (concept: string, value: number): string => `${concept}: ${signed(value)}`;

/** One step of a traversal. */
export const stepLabel = (concept: string, value: number): string => `${concept} = ${plain(value)}`;

/** A whole traversal. @param values those of its steps that are shown */
export function traversalLabel(concept: string, values: readonly number[]): string {
  const [first = 0] = values;
  return `${concept} from ${plain(first)} to ${plain(values.at(-1) ?? 0)}: ${values.length} images`;
}

/** What a model decodes its learned prototype to. */
export const decodedPrototypeLabel = (): string => 'its prototype, as the model decodes it';

/** The prototypes of one end of a concept. */
export const prototypesLabel = (count: number, end: End = 'high'): string =>
  `its prototypes: ${count} training images that activate it ${end === 'high' ? 'most' : 'least'}`;

/** Those of one class at one end of a concept. */
export const classPrototypesLabel = (count: number, concept: string, end: End, label: string): string =>
  `${count} “${label}”s of the training set, the ${END_WORDS[end]} in ${concept} of all “${label}”s`;

/** One prototype of an end. @param label its class, where the manifest tells it */
export const prototypeLabel = (concept: string, end: End, label: string | undefined): string =>
  `${label === undefined ? 'a training input' : `a “${label}” of the training set`}, among the ${END_WORDS[end]} of ${concept}`;
