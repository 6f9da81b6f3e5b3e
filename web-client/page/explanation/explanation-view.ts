import { auditSentence } from '../../../core/audit/sentence.ts';
import { barCell } from '../../../core/figure/cells.ts';
import { cssColours } from '../../../core/figure/palette.ts';
import type { Concept, Manifest } from '../../../core/manifest.ts';
import { plain, signed } from '../../../core/text/format.ts';
import { byId, element } from '../dom.ts';
import type { ConceptCell, Explained } from './concept-cell.ts';
import { createPrototypeStrips } from './prototype-strips.ts';
import { staticStrip } from './static-strip.ts';
import { createStripCell } from './strip-cell.ts';
import { createValueCell } from './value-cell.ts';

/**
 * The table of concepts. Its bars and prototypes are those of the figure (core/figure); its rows are the page's own,
 * since a table is read row by row by a screen reader, and stacks on a narrow screen, which a picture does not.
 */
export interface ExplanationView {
  /** Shows why `selected`, or why it rather than `contrast`; `undefined` empties the view. */
  show(explained: Explained | undefined, selected: number, contrast: number | undefined): void;
}

/** A signed bar from the middle of its cell, and its number. */
function createBar(name: string): { cell: HTMLElement; set(value: number | undefined, largest: number): void } {
  const picture = element('span', { class: 'bar' });
  const number = element('span', { class: 'number' });
  return {
    cell: element('td', { class: 'contribution' }, picture, number),
    set(value, largest) {
      picture.innerHTML = barCell(value, name, largest, cssColours);
      number.textContent = value === undefined ? '' : signed(value);
    },
  };
}

/** What a model that cannot move its concepts shows of one: its learned prototype, where it has one. */
const createStillCell = (manifest: Manifest, k: number): ConceptCell => ({
  cell: element('td', { class: 'strip-cell' }, ...staticStrip(manifest, 'decodedPrototypes', k)),
  set: () => {},
});

const conceptCells = {
  image: (manifest, k) => (manifest.artefacts.includes('traversals') ? createStripCell : createStillCell)(manifest, k),
  tabular: createValueCell,
} satisfies Record<Manifest['input']['kind'], (manifest: Manifest, k: number) => ConceptCell>;

function createRow(manifest: Manifest, k: number) {
  const { name, phrase } = manifest.concepts[k] as Concept;
  const product = element('td', { class: 'number product' });
  const bar = createBar(name);
  const concept = conceptCells[manifest.input.kind](manifest, k);
  const prototypes = createPrototypeStrips(manifest, k);
  const described = phrase === undefined ? {} : { title: `${name}: ${phrase}` };
  const heading = element('th', { scope: 'row', ...described }, name, ...prototypes.elements);
  return { row: element('tr', {}, heading, product, bar.cell, concept.cell), product, bar, concept, prototypes };
}

/** One row a concept, in the model's order: activation × relevance, contribution to the class, and what the concept is. */
export function createExplanationView(manifest: Manifest): ExplanationView {
  const { concepts, classes } = manifest;
  const title = byId('why-title', 'h2');
  const sum = byId('sum', 'td');
  const note = byId('sum-note', 'td');
  const rows = concepts.map((_, k) => createRow(manifest, k));
  const audit = byId('audit', 'p');
  const sentence = auditSentence(manifest.audit);
  audit.textContent = sentence ?? '';
  audit.hidden = sentence === undefined;
  byId('concepts', 'tbody').replaceChildren(...rows.map(({ row }) => row));

  return {
    show(explained, selected, contrast) {
      const prediction = explained?.prediction;
      const label = classes[selected];
      const other = contrast === undefined ? undefined : classes[contrast];
      const difference = (row: readonly number[]): number =>
        (row[selected] as number) - (contrast === undefined ? 0 : (row[contrast] as number));
      const contributions = prediction?.contributions.map(difference);
      const all = [...(prediction?.contributions.flat() ?? []), ...(contributions ?? [])];
      const largest = all.reduce((maximum, value) => Math.max(maximum, Math.abs(value)), 0);

      title.textContent = prediction === undefined ? 'Why?' : `Why ${label}?`;
      sum.textContent =
        contributions === undefined ? '' : signed(contributions.reduce((total, value) => total + value, 0));
      note.textContent =
        other === undefined
          ? `= the score (logit) of ${label}`
          : `= how far the score of ${label} is above that of ${other}`;
      if (prediction === undefined) note.textContent = '';
      rows.forEach(({ product, bar, concept: cell, prototypes }, k) => {
        const concept = prediction?.concepts[k];
        const relevance = prediction?.relevances[k];
        product.textContent =
          concept === undefined || relevance === undefined ? '' : `${plain(concept)} × ${plain(difference(relevance))}`;
        bar.set(contributions?.[k], largest);
        cell.set(explained);
        prototypes.set(explained);
      });
    },
  };
}
