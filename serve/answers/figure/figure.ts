import { SennError } from '../../../core/errors.ts';
import type { Manifest } from '../../../core/manifest.ts';
import { spokenFigure, spokenPanel } from './aria-labels.ts';
import { bars, barsHeader } from './bars.ts';
import { imageDrawing } from './image-drawing.ts';
import { HEADER_HEIGHT, heightOf, MARGIN, PANEL_GAP, panelHeight, panelsThatFit, widthOf } from './layout.ts';
import type { DrawingOf, FigureModel, FigureOptions, Panel } from './panel.ts';
import { seriesOf } from './series.ts';
import { COLOURS, documentOf, groupOf, lineAt } from './svg.ts';
import { tableDrawing } from './table-drawing.ts';

/**
 * An explanation as a picture. One panel an input: the input and its likeliest classes, then one row a concept, with
 * what it is, its prototypes, and the bars of its contributions to the predicted class and to the one that it is set
 * beside, in the same order.
 */

const drawings = { image: imageDrawing, tabular: tableDrawing } satisfies Record<Manifest['input']['kind'], DrawingOf>;

/** Whether the figure of `count` inputs can be drawn at all, asked before anything is predicted. @throws payload_too_large */
export function checkPanels(count: number, manifest: Manifest, options: FigureOptions): void {
  const { frame } = drawings[manifest.input.kind]({ manifest, prototypes: undefined }, options);
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

/** @param panels at least one, all of one model @returns an SVG document without references to anything outside */
export function figureSvg(panels: readonly Panel[], model: FigureModel, options: FigureOptions): string {
  const { manifest } = model;
  const { frame, header, content } = drawings[manifest.input.kind](model, options);
  const [width, height] = [widthOf(frame), heightOf(frame, panels.length)];
  const parts = panels.flatMap((panel, i) => {
    const top = MARGIN + i * (panelHeight(frame) + PANEL_GAP);
    const rule = top - PANEL_GAP / 2;
    const first = top + HEADER_HEIGHT;
    const series = seriesOf(manifest, panel.prediction, options.contrast);
    return [
      ...(i === 0 ? [] : [lineAt([MARGIN, rule], [width - MARGIN, rule], COLOURS.line)]),
      ...groupOf(spokenPanel(manifest, panel.prediction, series, { index: i, count: panels.length }), [
        ...header(top + 14),
        ...barsHeader(series, frame, top + 14),
        ...content(panel, first),
        ...bars(series, frame, first),
      ]),
    ];
  });
  return documentOf([width, height], spokenFigure(manifest, panels.length), parts);
}
