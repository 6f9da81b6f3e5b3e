import { auditSentence } from '../../../core/audit/sentence.ts';
import { classEndTitle, hasClassEnds } from '../../../core/figure/parts/ends/class-ends.ts';
import { runsDown, towards } from '../../../core/figure/parts/traversals.ts';
import type { Concept, Manifest } from '../../../core/manifest.ts';
import type { Prediction } from '../../../core/predictor.ts';
import { afterMove, type Comparison, compareClasses, runnerUp } from '../../../core/reasons/comparison.ts';
import { conceptWords } from '../../../core/reasons/concept-words.ts';
import { reasonOf } from '../../../core/reasons/sentence.ts';
import { plain, signed } from '../../../core/text/format.ts';
import { byId, element } from '../dom.ts';
import { createBar } from './bar.ts';
import type { ConceptCell, Explained } from './concept-cell.ts';
import { createEndsCell } from './ends-cell.ts';
import { createOthersRow } from './others-row.ts';
import { createSlider, type OnMove, type SliderState } from './slider.ts';
import { staticStrip } from './static-strip.ts';
import { createStripCell } from './strip-cell.ts';
import { createValueCell } from './value-cell.ts';

/**
 * The table of concepts. Its bars and prototypes are those of the figure (core/figure); its rows are the page's own,
 * since a table is read row by row by a screen reader, and stacks on a narrow screen, which a picture does not.
 */
export interface ExplanationView {
  /** Shows why `selected` rather than `contrast`, or why not, where that is ahead; `undefined` empties the view. */
  show(explained: Explained | undefined, selected: number, contrast: number | undefined): void;
}

/** What a model that cannot move its concepts shows of one: its learned prototype, where it has one. */
const createStillCell = (manifest: Manifest, k: number): ConceptCell => ({
  cell: element('td', { class: 'strip-cell' }, ...staticStrip(manifest, 'decodedPrototypes', k)),
  set: () => {},
});

const conceptCells = {
  image: (manifest, k, onMove) =>
    (manifest.artefacts.includes('traversals') ? createStripCell : createStillCell)(manifest, k, onMove),
  tabular: createValueCell,
} satisfies Record<Manifest['input']['kind'], (manifest: Manifest, k: number, onMove: OnMove) => ConceptCell>;

function createRow(manifest: Manifest, k: number, onMove: OnMove) {
  const { name } = manifest.concepts[k] as Concept;
  const words = conceptWords(manifest.concepts[k] as Concept);
  const product = element('td', { class: 'number product' });
  const bar = createBar(name);
  const concept = conceptCells[manifest.input.kind](manifest, k, onMove);
  const slider = createSlider(manifest, k, onMove);
  concept.cell.append(slider.element);
  const ends = createEndsCell(manifest, k);
  const mark = element('span', { class: 'mark' });
  const described = words === undefined ? {} : { title: words };
  const heading = element('th', { scope: 'row', ...described }, name, mark, ...ends.below);
  const row = element('tr', { 'data-concept': k }, heading, product, bar.cell, ...ends.cells, concept.cell);
  return { row, product, bar, concept, ends, mark, slider };
}

function sliderState(manifest: Manifest, explained: Explained, comparison: Comparison, k: number): SliderState {
  const { base, prediction } = explained;
  const [own, value] = [base, prediction].map(({ concepts }) => concepts[k] as number) as [number, number];
  return { own, value, traversal: base.traversals[k], isReversed: runsDown(manifest, base, comparison, k) };
}

/** What is said of a row beside its bar: that the concept decides, or speaks against the class that is ahead. */
function markOf({ deciding, differences }: Comparison, k: number): string {
  if (deciding.includes(k)) return 'decides';
  return (differences[k] as number) < 0 ? 'against' : '';
}

/** Why, in words, beside the answer. */
function createReasonView(manifest: Manifest) {
  const [paragraph, verdict, rest] = [byId('reason', 'p'), byId('verdict', 'strong'), byId('rest', 'span')];
  return (explained: Explained | undefined, comparison: Comparison | undefined): void => {
    paragraph.hidden = explained === undefined || comparison === undefined;
    if (explained === undefined || comparison === undefined) return;
    // of a table the values are named: those that go with the concepts as they are set
    const input = explained.moved?.decoded ?? explained.input;
    const reason = reasonOf(manifest, { ...explained, input, comparison });
    verdict.textContent = reason.verdict;
    rest.textContent = reason.rest;
  };
}

/** What stands over both ends of the concepts and of their strips: the two classes, of a model that shows images of each. */
function createEndTitles(manifest: Manifest) {
  const ends = [byId('end-left', 'span'), byId('end-right', 'span')] as const;
  const strips = [byId('strip-left', 'span'), byId('strip-right', 'span')] as const;
  const usual = [...ends, ...strips].map(({ textContent }) => textContent);
  return (comparison: Comparison | undefined): void => {
    const { classes } = manifest;
    const titles =
      comparison === undefined || !hasClassEnds(manifest)
        ? usual
        : [
            ...[comparison.behind, comparison.ahead].map((c) => classEndTitle(classes[c])),
            ...towards(manifest, comparison),
          ];
    [...ends, ...strips].forEach((span, i) => {
      span.textContent = titles[i] ?? '';
    });
  };
}

/**
 * One row a concept, those that decide first: activation × relevance, what it does to the lead of one class over the other,
 * and what the concept is. Those that hardly matter are one row until it is opened.
 * @param onMove called as somebody sets a concept
 */
export function createExplanationView(manifest: Manifest, onMove: OnMove): ExplanationView {
  const { concepts, classes } = manifest;
  const title = byId('why-title', 'h2');
  const sum = byId('sum', 'td');
  const note = byId('sum-note', 'td');
  const sides = { for: byId('side-for', 'span'), against: byId('side-against', 'span') };
  const body = byId('concepts', 'tbody');
  const rows = concepts.map((_, k) => createRow(manifest, k, onMove));
  const showReason = createReasonView(manifest);
  const showEnds = createEndTitles(manifest);
  const audit = byId('audit', 'p');
  const sentence = auditSentence(manifest.audit);
  audit.textContent = sentence ?? '';
  audit.hidden = sentence === undefined;
  note.colSpan = 1 + (rows[0]?.ends.cells.length ?? 0);
  let shown: Comparison | undefined;
  /** What is seen of the concepts that hardly matter: their sum, or each of them. */
  const fold = (): void => {
    const { folded = [], differences = [] } = shown ?? {};
    const largest = Math.max(0, ...differences.map(Math.abs));
    others.set(
      folded.map((k) => differences[k] as number),
      largest,
    );
    rows.forEach(({ row }, k) => {
      row.hidden = folded.includes(k) && !others.isOpen();
    });
  };
  const others = createOthersRow(rows[0]?.row.childElementCount ?? 0, fold);
  body.replaceChildren(...rows.map(({ row }) => row), others.row);
  fold();
  let arranged = '';

  /** Moves rows only where their order changes, so that what has the focus keeps it. */
  const arrange = ({ order, folded }: Comparison): void => {
    const next = `${order.join()} ${folded.length}`;
    if (next === arranged) return;
    arranged = next;
    const all = order.map((k) => (rows[k] as (typeof rows)[number]).row);
    const first = order.length - folded.length;
    const focused = document.activeElement;
    body.append(...all.slice(0, first), others.row, ...all.slice(first));
    if (focused instanceof HTMLElement && others.row.contains(focused)) focused.focus();
  };

  return {
    show(explained, selected, contrast) {
      const prediction = explained?.prediction;
      const of = explained && compareFor(explained.base, selected, contrast);
      const moved = explained?.prediction === explained?.base ? undefined : explained?.prediction;
      const comparison = of && moved ? afterMove(of, moved) : of;
      const [ahead, behind] = [comparison?.ahead, comparison?.behind].map((c) => classes[c ?? -1]);
      const sizes = comparison?.differences.map(Math.abs) ?? [];
      const largest = Math.max(0, ...sizes);

      title.textContent = comparison === undefined ? 'Why?' : `Why ${ahead} rather than ${behind}?`;
      sides.for.textContent = comparison === undefined ? 'for →' : `for ${ahead} →`;
      sides.against.textContent = comparison === undefined ? '← against' : `← for ${behind}`;
      sum.textContent = comparison === undefined ? '' : signed(comparison.margin);
      note.textContent =
        comparison === undefined ? '' : `= how far the score (logit) of ${ahead} is above that of ${behind}`;
      showReason(explained, moved ? compareFor(moved, selected, contrast) : of);
      showEnds(comparison);
      if (comparison !== undefined) arrange(comparison);
      shown = comparison;
      fold();
      rows.forEach(({ row, product, bar, concept: cell, ends, mark, slider }, k) => {
        const concept = prediction?.concepts[k];
        const relevance = prediction?.relevances[k];
        product.textContent =
          concept === undefined || relevance === undefined || comparison === undefined
            ? ''
            : `${plain(concept)} × ${plain((relevance[comparison.ahead] as number) - (relevance[comparison.behind] as number))}`;
        bar.set(comparison?.differences[k], largest);
        mark.textContent = comparison === undefined ? '' : markOf(comparison, k);
        row.classList.toggle('deciding', comparison?.deciding.includes(k) ?? false);
        cell.set(explained, comparison);
        ends.set(explained, comparison);
        slider.set(explained && comparison && sliderState(manifest, explained, comparison, k));
      });
    },
  };
}

/** The class that was chosen, beside `contrast`; without one beside the runner-up, or where it is not predicted, what is. */
export function compareFor(prediction: Prediction, selected: number, contrast: number | undefined): Comparison {
  const { index } = prediction;
  const other = selected === index ? runnerUp(prediction, index) : index;
  return compareClasses(prediction, selected, contrast ?? other);
}
