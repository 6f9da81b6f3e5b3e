import { TRAVERSAL_STEPS } from '../artefacts/traversals.ts';
import { SennError } from '../errors.ts';
import type { Manifest } from '../manifest.ts';
import { figureLabel, panelLabel } from './aria-labels.ts';
import { type Column, middleOf, type Rows } from './column.ts';
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
import type { EncodeImage, FigureModel, FigureOptions, Panel } from './panel.ts';
import { footerElements, footerHeight, footerLines } from './parts/footer.ts';
import { columnsOf, type DrawnArtefact, drawnArtefacts } from './parts/index.ts';
import { TITLE } from './parts/tile.ts';
import { seriesOf } from './series.ts';
import { documentOf, groupOf, lineAt, textAt } from './svg.ts';

/**
 * An explanation as a picture, for the server, the command and the reports. One panel an input: the input and its
 * likeliest classes, then one row a concept, with what it is and a column for each artefact that the model has: its
 * prototypes, its traversal, and the bars of its contributions to the predicted class and to the one it is set beside.
 */

const inputs = { image: imageInput, tabular: tableInput } satisfies Record<Manifest['input']['kind'], InputDrawingOf>;

interface Placed {
  readonly column: Column;
  readonly x: number;
}

interface Arrangement {
  readonly input: InputDrawing;
  readonly columns: readonly Placed[];
  readonly frame: Frame;
  /** Under the panels. */
  readonly footer: readonly string[];
}

/** Where every column stands: one after the other, all rows as high as the highest needs. */
function arranged(model: FigureModel, options: FigureOptions, shown: readonly DrawnArtefact[]): Arrangement {
  const { manifest } = model;
  const input = inputs[manifest.input.kind](model);
  const all = [input.concepts, ...columnsOf(model, options, shown)];
  const columns: Placed[] = [];
  let x = MARGIN + input.side.width + COLUMN_GAP;
  for (const column of all) {
    columns.push({ column, x });
    x += column.width + (column.gap ?? COLUMN_GAP);
  }
  const last = columns.at(-1) as Placed;
  const width = last.x + last.column.width + MARGIN;
  const footer = footerLines(manifest, width);
  const height = Math.max(input.rowHeight, ...all.map(({ rowHeight }) => rowHeight));
  return {
    input,
    columns,
    frame: {
      count: manifest.concepts.length,
      height,
      pitch: height + input.rowGap,
      sideHeight: input.side.height,
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
  return columns.map(({ column }) => column.caption).join(' ');
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
  const between = Array.from({ length: rows.count - 1 }, (_, k) => middleOf(rows, k) + rows.pitch / 2);
  return between.map((y) => lineAt([(first as Placed).x, y], [frame.width - MARGIN, y], COLOURS.line));
}

/** @param top of the panel, its header included */
function panelElements(arrangement: Arrangement, panel: Panel, top: number, encode: EncodeImage): string[] {
  const { input, columns, frame } = arrangement;
  const rows = { ...frame, top: top + HEADER_HEIGHT };
  const titles = top + HEADER_BASELINE;
  return [
    textAt(MARGIN, titles, input.side.title, TITLE),
    ...columns.flatMap(({ column, x }) => column.header(panel, x, titles)),
    ...input.side.content(panel, MARGIN, rows.top, encode),
    ...(input.isRuled ? rules(arrangement, rows) : []),
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
  const { frame, footer } = arrangement;
  const elements = panels.flatMap((panel, index) => {
    const top = MARGIN + index * (panelHeight(frame) + PANEL_GAP);
    const rule = top - PANEL_GAP / 2;
    const series = seriesOf(manifest, panel.prediction, options.contrast);
    const label = panelLabel(manifest, panel.prediction, series, { index, count: panels.length });
    return [
      ...(index === 0 ? [] : [lineAt([MARGIN, rule], [frame.width - MARGIN, rule], COLOURS.line)]),
      ...groupOf(label, panelElements(arrangement, panel, top, encode)),
    ];
  });
  const height = heightOf(frame, panels.length);
  elements.push(...footerElements(footer, height - MARGIN));
  return documentOf([frame.width, height], elements, figureLabel(manifest, panels.length));
}
