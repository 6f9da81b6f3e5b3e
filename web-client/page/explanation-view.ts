import { plain, signed } from '../../core/format.ts';
import type { Manifest } from '../../core/manifest.ts';
import type { Prediction, Traversal } from '../../core/predictor.ts';
import { tensorToImageData } from '../images.ts';
import { byId, contextOf, element } from './dom.ts';

export interface ExplanationView {
  /** Shows why `selected`, or why it rather than `contrast`; `undefined` empties the view. */
  show(prediction: Prediction | undefined, selected: number, contrast: number | undefined): void;
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

/** The decoded images of one concept's traversal, side by side. */
function createStrip(name: string): { cell: HTMLElement; set(traversal: Traversal | undefined): void } {
  const strip = element('div', { class: 'strip', role: 'img', 'aria-label': `${name}: no images yet` });
  const paint = ({ images, values, concept }: Traversal): void => {
    const [steps = 0, , height = 0, width = 0] = images.shape;
    if (strip.childElementCount !== steps) {
      strip.replaceChildren(...values.map((_, step) => element('canvas', { width, height, 'data-step': step })));
      if (steps % 2 === 1) strip.children[(steps - 1) / 2]?.classList.add('own');
    }
    strip.querySelectorAll('canvas').forEach((canvas, step) => {
      contextOf(canvas).putImageData(tensorToImageData(images, step), 0, 0);
      canvas.title = `concept ${concept} = ${plain(values[step] as number)}`;
    });
    const [first = 0] = values;
    const last = values.at(-1) ?? 0;
    strip.setAttribute('aria-label', `${name} from ${plain(first)} to ${plain(last)}: ${steps} images`);
  };
  return {
    cell: element('td', { class: 'strip-cell' }, strip),
    set(traversal) {
      strip.toggleAttribute('data-empty', traversal === undefined);
      if (traversal !== undefined) paint(traversal);
    },
  };
}

function createRow(name: string) {
  const product = element('td', { class: 'number product' });
  const bar = createBar();
  const strip = createStrip(name);
  const heading = element('th', { scope: 'row' }, name);
  return { row: element('tr', {}, heading, product, bar.cell, strip.cell), product, bar, strip };
}

/** One row a concept, in the model's order: activation × relevance, contribution to the class, and the traversal strip. */
export function createExplanationView({ concepts, classes }: Manifest): ExplanationView {
  const title = byId('why-title', 'h2');
  const sum = byId('sum', 'td');
  const note = byId('sum-note', 'td');
  const rows = concepts.map(({ name }) => createRow(name));
  byId('concepts', 'tbody').replaceChildren(...rows.map(({ row }) => row));

  return {
    show(prediction, selected, contrast) {
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
      rows.forEach(({ product, bar, strip }, k) => {
        const concept = prediction?.concepts[k];
        const relevance = prediction?.relevances[k];
        product.textContent =
          concept === undefined || relevance === undefined ? '' : `${plain(concept)} × ${plain(difference(relevance))}`;
        bar.set(contributions?.[k], scale);
        strip.set(prediction?.traversals[k]);
      });
    },
  };
}
