import { classPrototypes, classPrototypesAt } from '../../../core/artefacts/ends/class-prototypes.ts';
import type { End } from '../../../core/artefacts/ends/end.ts';
import { staticShape } from '../../../core/artefacts/static-content.ts';
import { classPrototypesLabel } from '../../../core/figure/aria-labels.ts';
import {
  CLASS_PROTOTYPES_SHOWN,
  classMarks,
  endForAhead,
  otherEnd,
} from '../../../core/figure/parts/ends/class-ends.ts';
import type { Concept, Manifest } from '../../../core/manifest.ts';
import { element } from '../dom.ts';
import { modelFolder } from '../server.ts';
import type { ConceptCell } from './concept-cell.ts';
import { createPosition } from './position.ts';
import { paintStrip } from './static-strip.ts';

/** Training images of the class that is ahead, to the right, and of the other one, to the left, at the ends of a concept. */
export function createClassEndsCell(manifest: Manifest, k: number): ConceptCell {
  const concept = manifest.concepts[k] as Concept;
  const [rows = 0, columns = 0] = staticShape(classPrototypes.file?.counts(manifest) ?? [], manifest);
  const href = new URL(manifest.files['classPrototypes']?.file ?? '', modelFolder(manifest.name)).href;
  const stripOf = (): HTMLElement => element('div', { class: 'prototypes', 'data-artefact': 'classPrototypes' });
  const [left, right] = [stripOf(), stripOf()];
  const position = createPosition(concept);

  const paint = (strip: HTMLElement, c: number, end: End): void => {
    const { first, count: all } = classPrototypesAt(concept, c, end);
    const count = Math.min(all, CLASS_PROTOTYPES_SHOWN);
    const now = `${c} ${end}`;
    if (strip.dataset['shows'] === now) return; // an image that is set anew flickers
    strip.dataset['shows'] = now;
    strip.hidden = count === 0;
    if (manifest.input.kind !== 'image' || count === 0) return;
    const label = classPrototypesLabel(count, concept.name, end, manifest.classes[c] as string);
    paintStrip(strip, label, { href, rows, columns, row: k, first, count }, manifest.input);
  };

  return {
    cell: element('td', { class: 'ends-cell' }, element('div', { class: 'ends' }, left, position.element, right)),
    set(explained, comparison) {
      for (const strip of [left, right]) strip.classList.toggle('absent', comparison === undefined);
      if (explained === undefined || comparison === undefined) return position.set(undefined);
      const { relevances } = explained.base;
      const { concepts } = explained.prediction;
      const atRight = endForAhead(relevances, comparison, k);
      const { ahead, behind } = comparison;
      paint(left, behind, otherEnd(atRight));
      paint(right, ahead, atRight);
      const marks = classMarks(manifest, comparison, k, atRight);
      position.set(concepts[k] as number, { right: atRight, marks });
    },
  };
}
