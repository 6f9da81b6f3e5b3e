import { stepLabel, traversalLabel } from '../../../core/figure/aria-labels.ts';
import { ownStep, runsDown, shownSteps } from '../../../core/figure/parts/traversals.ts';
import type { Concept, Manifest } from '../../../core/manifest.ts';
import type { Traversal } from '../../../core/predictor.ts';
import { tensorToImageData } from '../../images.ts';
import { contextOf, element } from '../dom.ts';
import type { ConceptCell } from './concept-cell.ts';
import type { OnMove } from './slider.ts';

/**
 * The decoded images of one concept's traversal, side by side. They are canvases and not the figure's picture: painted in
 * place they follow the pen, where a new `data:` URI would be decoded later and flicker. A click on one sets the concept.
 */
export function createStripCell(manifest: Manifest, k: number, onMove: OnMove): ConceptCell {
  const { concepts } = manifest;
  const concept = concepts[k] as Concept;
  const { name } = concept;
  const strip = element('div', { class: 'strip', role: 'img', 'aria-label': `${name}: no images yet` });
  let painted: Traversal | undefined; // while concepts are set the strip stays
  let taken: readonly number[] = [];
  // for a hand; the slider below does the same from the keyboard
  strip.addEventListener('click', ({ target }) => {
    const value = target instanceof HTMLCanvasElement ? taken[Number(target.dataset['step'])] : undefined;
    if (value !== undefined) onMove(k, value, true);
  });
  const paint = (traversal: Traversal): void => {
    const { decoded, values } = traversal;
    taken = values;
    const [steps = 0, , height = 0, width = 0] = decoded.shape;
    if (strip.childElementCount !== steps) {
      strip.replaceChildren(...values.map((_, step) => element('canvas', { width, height, 'data-step': step })));
      const own = ownStep(steps);
      if (own !== undefined) strip.children[own]?.classList.add('own');
    }
    const isShown = shownSteps(concept, traversal);
    strip.querySelectorAll('canvas').forEach((canvas, step) => {
      canvas.classList.toggle('beyond', !isShown[step]);
      contextOf(canvas).putImageData(tensorToImageData(decoded, step), 0, 0);
      canvas.title = stepLabel(name, values[step] as number);
    });
    const shown = values.filter((_, step) => isShown[step]);
    strip.setAttribute('aria-label', traversalLabel(name, shown));
  };
  return {
    cell: element('td', { class: 'strip-cell' }, strip),
    set(explained, comparison) {
      const isReversed =
        explained !== undefined && comparison !== undefined && runsDown(manifest, explained.base, comparison, k);
      strip.classList.toggle('reversed', isReversed);
      const traversal = explained?.base.traversals[k];
      strip.toggleAttribute('data-empty', traversal === undefined);
      if (traversal !== undefined && traversal !== painted) paint(traversal);
      painted = traversal;
    },
  };
}
