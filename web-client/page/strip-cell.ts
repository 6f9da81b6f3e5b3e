import { plain } from '../../core/format.ts';
import type { Manifest } from '../../core/manifest.ts';
import type { Traversal } from '../../core/predictor.ts';
import { tensorToImageData } from '../images.ts';
import type { ConceptCell } from './concept-cell.ts';
import { contextOf, element } from './dom.ts';

/** The decoded images of one concept's traversal, side by side. */
export function createStripCell({ concepts }: Manifest, k: number): ConceptCell {
  const name = concepts[k]?.name as string;
  const strip = element('div', { class: 'strip', role: 'img', 'aria-label': `${name}: no images yet` });
  const paint = ({ decoded, values, concept }: Traversal): void => {
    const [steps = 0, , height = 0, width = 0] = decoded.shape;
    if (strip.childElementCount !== steps) {
      strip.replaceChildren(...values.map((_, step) => element('canvas', { width, height, 'data-step': step })));
      if (steps % 2 === 1) strip.children[(steps - 1) / 2]?.classList.add('own');
    }
    strip.querySelectorAll('canvas').forEach((canvas, step) => {
      contextOf(canvas).putImageData(tensorToImageData(decoded, step), 0, 0);
      canvas.title = `concept ${concept} = ${plain(values[step] as number)}`;
    });
    const [first = 0] = values;
    const last = values.at(-1) ?? 0;
    strip.setAttribute('aria-label', `${name} from ${plain(first)} to ${plain(last)}: ${steps} images`);
  };
  return {
    cell: element('td', { class: 'strip-cell' }, strip),
    set(explained) {
      const traversal = explained?.prediction.traversals[k];
      strip.toggleAttribute('data-empty', traversal === undefined);
      if (traversal !== undefined) paint(traversal);
    },
  };
}
