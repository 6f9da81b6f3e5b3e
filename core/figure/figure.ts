import { TRAVERSAL_STEPS } from '../artefacts/traversals.ts';
import { SennError } from '../errors.ts';
import type { Manifest } from '../manifest.ts';
import { changeWords } from '../reasons/change-words.ts';
import { type Comparison, compareWith } from '../reasons/comparison.ts';
import { reasonOf } from '../reasons/sentence.ts';
import { figureLabel, panelLabel } from './aria-labels.ts';
import { attributionCaptions, attributionSection, outsideOf, type Section } from './attributions/section.ts';
import { type Column, countOf, middleOf, middleOfRow, type Rows } from './column.ts';
import { imageInput } from './inputs/image-input.ts';
import type { InputDrawing, InputDrawingOf } from './inputs/input-drawing.ts';
import { tableInput } from './inputs/table-input.ts';
import {
  COLUMN_GAP,
  type Frame,
  HEADER_BASELINE,
  HEADER_HEIGHT,
  heightOf,
  MARGIN,
  PANEL_GAP,
  panelHeight,
  panelsThatFit,
} from './layout.ts';
import { COLOURS } from './palette.ts';
import type { ComparedPanel, EncodeImage, FigureModel, FigureOptions, Panel } from './panel.ts';
import { footerElements, footerHeight, footerLines } from './parts/footer.ts';
import { columnsOf, type DrawnArtefact, drawnArtefacts } from './parts/index.ts';
import { TITLE } from './parts/tile.ts';
import { documentOf, element, groupOf, lineAt, textAt } from './svg.ts';

/**
 * An explanation as a picture, for the server, the command and the reports. One panel an input: in words why it is of the
 * predicted class rather than of the one that it is set beside; the input, its likeliest classes and what would tip the
 * decision; then one row a concept, those that decide first and marked, those that hardly matter in one, with a bar of what
 * it does to the margin between the two classes and a column for each artefact that the model has.
 */

const inputs = { image: imageInput, tabular: tableInput } satisfies Record<Manifest['input']['kind'], InputDrawingOf>;

/** Of a figure without concepts: its words have room. */
const LEAST_WIDTH = 640;
/** Of the ground of a row that decides, to either side. */
const MARK_AIR = 8;

interface Placed {
  readonly column: Column;
  readonly x: number;
}

interface Arrangement {
  readonly input: InputDrawing;
  readonly columns: readonly Placed[];
  readonly frame: Frame;
  /** Attributions, where there are some. */
  readonly below: Section | undefined;
  /** Under the panels. */
  readonly footer: readonly string[];
}

/** Where every column stands: one after the other, all rows as high as the highest needs. */
function arranged(model: FigureModel, options: FigureOptions, shown: readonly DrawnArtefact[]): Arrangement {
  const { manifest } = model;
  const input = inputs[manifest.input.kind](model);
  const all = manifest.concepts.length === 0 ? [] : [input.concepts, ...columnsOf(model, options, shown)];
  const columns: Placed[] = [];
  let x = MARGIN + (input.side === undefined ? 0 : input.side.width + COLUMN_GAP);
  for (const column of all) {
    columns.push({ column, x });
    x += column.width + (column.gap ?? COLUMN_GAP);
  }
  const last = columns.at(-1);
  const names = options.attributions?.names ?? [];
  const below = names.length === 0 ? undefined : attributionSection(manifest, names);
  const right = last === undefined ? MARGIN + LEAST_WIDTH : last.x + last.column.width;
  const width = Math.max(right, MARGIN + Math.max(input.head.width, below?.width ?? 0)) + MARGIN;
  const footer = footerLines(manifest, width);
  const height = Math.max(input.rowHeight, ...all.map(({ rowHeight }) => rowHeight));
  return {
    input,
    columns,
    below,
    frame: {
      below: below?.height ?? 0,
      count: manifest.concepts.length,
      height,
      pitch: height + input.rowGap,
      headHeight: input.head.height,
      sideHeight: input.side?.height ?? 0,
      width,
      footer: footerHeight(footer),
    },
    footer,
  };
}

/** How a figure of the model is read: a sentence for each of its columns. */
export function captionOf(
  manifest: FigureModel['manifest'],
  options: FigureOptions = { steps: TRAVERSAL_STEPS.default },
): string {
  const { columns } = arranged({ manifest, statics: {} }, options, drawnArtefacts);
  const captions = columns.map(({ column }) => column.caption);
  return [...captions, ...attributionCaptions(options.attributions?.names ?? [])].join(' ');
}

/** Whether the figure of `count` inputs can be drawn at all, asked before anything is predicted. @throws payload_too_large */
export function checkPanels(count: number, manifest: FigureModel['manifest'], options: FigureOptions): void {
  const { frame } = arranged({ manifest, statics: {} }, options, drawnArtefacts);
  const most = panelsThatFit(frame);
  const { steps } = options;
  if (count > most) {
    throw new SennError(
      'payload_too_large',
      `figure: ${count} inputs; at most ${most} of model "${manifest.name}" with ${steps} steps fit in one`,
      { count, most, steps },
    );
  }
}

/** Lines between the rows, from the concepts' names to the right edge. */
function rules({ columns: [first], frame }: Arrangement, rows: Rows): string[] {
  const between = Array.from({ length: countOf(rows) - 1 }, (_, i) => middleOfRow(rows, i) + rows.pitch / 2);
  return between.map((y) => lineAt([(first as Placed).x, y], [frame.width - MARGIN, y], COLOURS.line));
}

/** Which concepts have a row of their own, and which share one. */
const rowsOf = ({ order, folded }: Comparison): Pick<Rows, 'concepts' | 'folded'> => ({
  concepts: order.slice(0, order.length - folded.length),
  folded,
});

/** What is behind the rows of the concepts that decide: no rectangle, since it is a ground and no bar. */
function marks({ columns: [first], frame }: Arrangement, { comparison }: ComparedPanel, rows: Rows): string[] {
  const left = (first as Placed).x - MARK_AIR;
  const width = frame.width - MARGIN + MARK_AIR - left;
  return comparison.deciding.map((k) => {
    const top = middleOf(rows, k) - rows.pitch / 2;
    return element('path', { d: `M${left} ${top}h${width}v${rows.pitch}h-${width}z`, fill: COLOURS.track });
  });
}

/** @param top of the panel's columns, their header included */
function panelElements(arrangement: Arrangement, panel: ComparedPanel, top: number, encode: EncodeImage): string[] {
  const { input, frame } = arrangement;
  const { columns } = arrangement;
  const { side } = input;
  const { height, pitch } = frame;
  const rows = { height, pitch, ...rowsOf(panel.comparison), top: top + HEADER_HEIGHT };
  const titles = top + HEADER_BASELINE;
  return [
    ...(columns.length === 0 ? [] : marks(arrangement, panel, rows)),
    ...columns.flatMap(({ column, x }) => column.header(panel, x, titles)),
    ...(side === undefined
      ? []
      : [textAt(MARGIN, titles, side.title, TITLE), ...side.content(panel, MARGIN, rows.top)]),
    ...(input.isRuled && columns.length > 0 ? rules(arrangement, rows) : []),
    ...columns.flatMap(({ column, x }) => column.content(panel, x, rows, encode)),
  ];
}

/** Where nothing was decoded, no column stands for it. */
const shownOf = (panels: readonly Panel[]): DrawnArtefact[] =>
  drawnArtefacts.filter(
    (artefact) => artefact !== 'traversals' || panels.some(({ prediction }) => prediction.traversals.length > 0),
  );

/**
 * @param panels at least one, all of one model
 * @param encode images as `data:` URIs
 * @returns an SVG document without references to anything outside
 */
export function figureSvg(
  panels: readonly Panel[],
  model: FigureModel,
  options: FigureOptions,
  encode: EncodeImage,
): string {
  const { manifest } = model;
  const arrangement = arranged(model, options, shownOf(panels));
  const { input, frame, footer, below } = arrangement;
  const width = frame.width - 2 * MARGIN;
  const contrast = manifest.classes.indexOf(options.contrast ?? '');
  const compares = panels.map(({ prediction }) => compareWith(prediction, contrast < 0 ? undefined : contrast));
  const counts = compares.map((comparison) => countOf(rowsOf(comparison)));
  let bottom = MARGIN - PANEL_GAP;
  const elements = panels.flatMap((panel, index) => {
    const top = bottom + PANEL_GAP;
    const rule = top - PANEL_GAP / 2;
    bottom = top + panelHeight(frame, counts[index] as number);
    const compared = { ...panel, comparison: compares[index] as Comparison, outside: outsideOf(manifest, panel) };
    const change = panel.turn && changeWords(manifest, panel.turn);
    const reason = reasonOf(manifest, compared, change);
    const label = panelLabel(manifest, compared, reason, { index, count: panels.length });
    return [
      ...(index === 0 ? [] : [lineAt([MARGIN, rule], [frame.width - MARGIN, rule], COLOURS.line)]),
      ...groupOf(label, [
        ...input.head.content(compared, reason, { top, width }, encode),
        ...panelElements(arrangement, compared, top + frame.headHeight, encode),
        ...(below?.content(compared, bottom - frame.below, encode) ?? []),
      ]),
    ];
  });
  const height = heightOf(frame, counts);
  elements.push(...footerElements(footer, height - MARGIN));
  return documentOf([frame.width, height], elements, figureLabel(manifest, panels.length));
}
