import { plain, signed } from '../../core/format.ts';
import type { Manifest } from '../../core/manifest.ts';
import type { ConceptCell, Explained } from './concept-cell.ts';
import { byId, element } from './dom.ts';
import { prototypeStrip } from './prototype-strip.ts';
import { createStripCell } from './strip-cell.ts';
import { createValueCell } from './value-cell.ts';

export interface ExplanationView {
  /** Shows why `selected`, or why it rather than `contrast`; `undefined` empties the view. */
  show(explained: Explained | undefined, selected: number, contrast: number | undefined): void;
}

/** A signed bar from the middle of its cell, and its number. */
function createBar(): { cell: HTMLElement; set(value: number | undefined, scale: number): void } {
  const fill = element('span', { class: 'fill' });
  const number = element('span', { class: 'number' });
  const cell = element(
    'td',
    { class: 'contribution' },
    element('span', { class: 'signed bar', 'aria-hidden': 'true' }, fill),
    number,
  );
  return {
    cell,
    set(value, scale) {
      const share = value === undefined || scale === 0 ? 0 : (Math.abs(value) / scale) * 50;
      fill.style.width = `${share}%`;
      fill.style.left = value !== undefined && value < 0 ? `${50 - share}%` : '50%';
      fill.classList.toggle('against', value !== undefined && value < 0);
      number.textContent = value === undefined ? '' : signed(value);
    },
  };
}

const conceptCells = { image: createStripCell, tabular: createValueCell } satisfies Record<
  Manifest['input']['kind'],
  (manifest: Manifest, k: number) => ConceptCell
>;

function createRow(manifest: Manifest, k: number) {
  const name = manifest.concepts[k]?.name as string;
  const product = element('td', { class: 'number product' });
  const bar = createBar();
  const concept = conceptCells[manifest.input.kind](manifest, k);
  const heading = element('th', { scope: 'row' }, name, ...prototypeStrip(manifest, k));
  return { row: element('tr', {}, heading, product, bar.cell, concept.cell), product, bar, concept };
}

/** One row a concept, in the model's order: activation × relevance, contribution to the class, and what the concept is. */
export function createExplanationView(manifest: Manifest): ExplanationView {
  const { concepts, classes } = manifest;
  const title = byId('why-title', 'h2');
  const sum = byId('sum', 'td');
  const note = byId('sum-note', 'td');
  const rows = concepts.map((_, k) => createRow(manifest, k));
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
      const scale = all.reduce((maximum, value) => Math.max(maximum, Math.abs(value)), 0);

      title.textContent = prediction === undefined ? 'Why?' : `Why ${label}?`;
      sum.textContent =
        contributions === undefined ? '' : signed(contributions.reduce((total, value) => total + value, 0));
      note.textContent =
        other === undefined
          ? `= the score (logit) of ${label}`
          : `= how far the score of ${label} is above that of ${other}`;
      if (prediction === undefined) note.textContent = '';
      rows.forEach(({ product, bar, concept: cell }, k) => {
        const concept = prediction?.concepts[k];
        const relevance = prediction?.relevances[k];
        product.textContent =
          concept === undefined || relevance === undefined ? '' : `${plain(concept)} × ${plain(difference(relevance))}`;
        bar.set(contributions?.[k], scale);
        cell.set(explained);
      });
    },
  };
}
