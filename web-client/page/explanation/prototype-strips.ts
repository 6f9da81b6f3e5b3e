import { END_WORDS, type End, endShown, hasTwoEnds } from '../../../core/artefacts/ends/end.ts';
import type { Manifest } from '../../../core/manifest.ts';
import { element } from '../dom.ts';
import type { Explained } from './concept-cell.ts';
import { staticStrip } from './static-strip.ts';

/** The prototypes under a concept's name: those of the end that the input lies towards, and which end that is. */
export interface PrototypeStrips {
  readonly elements: readonly HTMLElement[];
  set(explained: Explained | undefined): void;
}

/** Of a model without low prototypes the high ones always, without a word. */
export function createPrototypeStrips(manifest: Manifest, k: number): PrototypeStrips {
  const strips: Readonly<Record<End, readonly HTMLElement[]>> = {
    high: staticStrip(manifest, 'prototypes', k),
    low: staticStrip(manifest, 'lowPrototypes', k),
  };
  if (!hasTwoEnds(manifest) || strips.low.length === 0) return { elements: strips.high, set: () => {} };
  const word = element('div', { class: 'end' });
  const show = (end: End): void => {
    word.textContent = END_WORDS[end];
    for (const strip of strips.high) strip.hidden = end !== 'high';
    for (const strip of strips.low) strip.hidden = end !== 'low';
  };
  show('high');
  return {
    elements: [...strips.high, ...strips.low, word],
    set: (explained) =>
      show(explained === undefined ? 'high' : endShown(manifest, k, explained.prediction.concepts[k] as number)),
  };
}
