import type { End } from '../../../core/artefacts/ends/end.ts';
import { type ClassMark, labelPlaces, placeToward } from '../../../core/figure/parts/ends/class-ends.ts';
import type { Concept } from '../../../core/manifest.ts';
import { leaningOf, leaningWords } from '../../../core/reasons/leaning.ts';
import { element } from '../dom.ts';

/** Of the line, that the label of a mark takes. */
const ROOM = 0.14;

/** A word with an arrow to the end that an input lies towards, above a dot on a line whose middle is the usual activation. */
export function createPosition(concept: Concept) {
  const words = element('span', { class: 'leaning' });
  const dot = element('span', { class: 'dot' });
  const marks = element('span', { class: 'class-marks' });
  const track = element('span', { class: 'track', 'aria-hidden': 'true' }, dot, marks);
  return {
    element: element('div', { class: 'position' }, words, track),
    /** @param between two classes, of which one lies to the right, with `right` the end that speaks for it */
    set(activation: number | undefined, between?: { right: End; marks: readonly ClassMark[] }): void {
      const leaning = activation === undefined ? undefined : leaningOf(concept, activation);
      track.hidden = leaning === undefined;
      if (activation === undefined || leaning === undefined) {
        words.textContent = '';
        return;
      }
      const told = leaningWords(leaning);
      // between two classes the marks say which way
      words.textContent = between !== undefined ? told : leaning.end === 'high' ? `${told} →` : `← ${told}`;
      dot.style.left = `${100 * placeToward(concept, activation, between?.right ?? 'high')}%`;
      marks.replaceChildren(...marksOf(between?.marks ?? []));
    },
  };
}

function marksOf(marks: readonly ClassMark[]): HTMLElement[] {
  const places = labelPlaces(marks, ROOM);
  return marks.map(({ text, isAhead }, i) => {
    const mark = element('span', { class: isAhead ? 'class-mark ahead' : 'class-mark' }, text);
    mark.style.left = `${100 * (places[i] as number)}%`;
    return mark;
  });
}
