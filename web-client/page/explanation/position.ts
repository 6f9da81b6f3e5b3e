import type { End } from '../../../core/artefacts/ends/end.ts';
import type { Concept } from '../../../core/manifest.ts';
import { leaningOf, leaningWords, placeOf } from '../../../core/reasons/leaning.ts';
import { element } from '../dom.ts';

/** Where a class lies on average on a line. */
export interface ClassMark {
  readonly text: string;
  readonly isAhead: boolean;
  /** In [0, 1] from left to right; not drawn where it is not known. */
  readonly place: number | undefined;
}

/** Marks that are nearer, in percent of the line, are moved apart. */
const ROOM = 14;

/** A word with an arrow to the end that an input lies towards, above a dot on a line whose middle is the usual activation. */
export function createPosition(concept: Concept) {
  const words = element('span', { class: 'leaning' });
  const dot = element('span', { class: 'dot' });
  const marks = element('span', { class: 'class-marks' });
  const track = element('span', { class: 'track', 'aria-hidden': 'true' }, dot, marks);
  return {
    element: element('div', { class: 'position' }, words, track),
    /** @param right the end that lies to the right @param classes to mark below the line */
    set(activation: number | undefined, right: End = 'high', classes: readonly ClassMark[] = []): void {
      const leaning = activation === undefined ? undefined : leaningOf(concept, activation);
      track.hidden = leaning === undefined;
      if (activation === undefined || leaning === undefined) {
        words.textContent = '';
        return;
      }
      const told = leaningWords(leaning);
      const toEnd = leaning.end === 'high' ? `${told} →` : `← ${told}`;
      words.textContent = classes.length > 0 ? told : toEnd; // between two classes the marks say which way
      const place = placeOf(concept, activation);
      dot.style.left = `${100 * (right === 'high' ? place : 1 - place)}%`;
      marks.replaceChildren(...marksOf(classes));
    },
  };
}

function marksOf(classes: readonly ClassMark[]): HTMLElement[] {
  const placed = classes
    .flatMap(({ text, isAhead, place }) => (place === undefined ? [] : [{ text, isAhead, at: 100 * place }]))
    .sort((a, b) => a.at - b.at);
  const [first, second] = placed;
  const lacking = first && second ? ROOM - (second.at - first.at) : 0;
  if (first && second && lacking > 0) [first.at, second.at] = [first.at - lacking / 2, second.at + lacking / 2];
  return placed.map(({ text, isAhead, at }) => {
    const mark = element('span', { class: isAhead ? 'class-mark ahead' : 'class-mark' }, text);
    mark.style.left = `${at}%`;
    return mark;
  });
}
