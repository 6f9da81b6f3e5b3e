import { type End, endOf } from '../../../core/artefacts/ends/end.ts';
import { hasClassEnds } from '../../../core/figure/parts/ends/class-ends.ts';
import type { Concept, Manifest } from '../../../core/manifest.ts';
import type { Comparison } from '../../../core/reasons/comparison.ts';
import { element } from '../dom.ts';
import { createClassEndsCell } from './class-ends-cell.ts';
import type { Explained } from './concept-cell.ts';
import { createPosition } from './position.ts';
import { staticStrip } from './static-strip.ts';

/** The training images at the ends of a concept, and between them where the input lies. */
export interface EndsCell {
  /** Of a model with both ends, a cell of its own: low to the left, high to the right. */
  readonly cells: readonly HTMLElement[];
  /** Of another one, what stands under the concept's name: the high end. */
  readonly below: readonly HTMLElement[];
  set(explained: Explained | undefined, comparison: Comparison | undefined): void;
}

export function createEndsCell(manifest: Manifest, k: number): EndsCell {
  if (hasClassEnds(manifest)) {
    const { cell, set } = createClassEndsCell(manifest, k);
    return { cells: [cell], below: [], set };
  }
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
