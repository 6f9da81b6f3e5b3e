import { type End, endOf } from '../../../core/artefacts/ends/end.ts';
import type { Concept, Manifest } from '../../../core/manifest.ts';
import { leaningOf, leaningWords, placeOf } from '../../../core/reasons/leaning.ts';
import { element } from '../dom.ts';
import type { Explained } from './concept-cell.ts';
import { staticStrip } from './static-strip.ts';

/** The training images at the ends of a concept, and between them where the input lies. */
export interface EndsCell {
  /** Of a model with both ends, a cell of its own: low to the left, high to the right. */
  readonly cells: readonly HTMLElement[];
  /** Of another one, what stands under the concept's name: the high end. */
  readonly below: readonly HTMLElement[];
  set(explained: Explained | undefined): void;
}

/** A word with an arrow to the end that the input lies towards, above a dot on a line whose middle is the usual activation. */
function createPosition(concept: Concept) {
  const words = element('span', { class: 'leaning' });
  const dot = element('span', { class: 'dot' });
  const track = element('span', { class: 'track', 'aria-hidden': 'true' }, dot);
  return {
    element: element('div', { class: 'position' }, words, track),
    set(activation: number | undefined): void {
      const leaning = activation === undefined ? undefined : leaningOf(concept, activation);
      track.hidden = leaning === undefined;
      if (activation === undefined || leaning === undefined) {
        words.textContent = '';
        return;
      }
      const told = leaningWords(leaning);
      words.textContent = leaning.end === 'high' ? `${told} →` : `← ${told}`;
      dot.style.left = `${100 * placeOf(concept, activation)}%`;
    },
  };
}

export function createEndsCell(manifest: Manifest, k: number): EndsCell {
  const high = staticStrip(manifest, 'prototypes', k);
  if (manifest.input.kind !== 'image' || !manifest.artefacts.includes('lowPrototypes')) {
    return { cells: [], below: high, set: () => {} };
  }
  const concept = manifest.concepts[k] as Concept;
  const strips: Readonly<Record<End, readonly HTMLElement[]>> = {
    low: staticStrip(manifest, 'lowPrototypes', k),
    high,
  };
  const position = createPosition(concept);
  const wordsAt = (end: End) =>
    concept.ends === undefined ? [] : [element('span', { class: 'end-words' }, concept.ends[end])];
  const words = { low: wordsAt('low'), high: wordsAt('high') };
  const sides = {
    low: element('div', {}, ...strips.low, ...words.low),
    high: element('div', {}, ...strips.high, ...words.high),
  };
  const ends = element('div', { class: 'ends' }, sides.low, position.element, sides.high);
  return {
    cells: [element('td', { class: 'ends-cell' }, ends)],
    below: [],
    set(explained) {
      const activation = explained?.prediction.concepts[k];
      position.set(activation);
      const toward = activation === undefined ? undefined : endOf(concept, activation);
      for (const end of ['low', 'high'] as const) {
        for (const strip of [...strips[end], ...words[end]]) {
          strip.classList.toggle('toward', end === toward);
          strip.classList.toggle('faint', toward !== undefined && end !== toward);
        }
      }
    },
  };
}
