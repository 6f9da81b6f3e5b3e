import { SennError } from '../../core/errors.ts';
import type { Manifest } from '../../core/manifest.ts';
import { bars, barsHeader } from './bars.ts';
import { imageDrawing } from './image-drawing.ts';
import { headerHeight, heightOf, MARGIN, PANEL_GAP, panelHeight, panelsThatFit, widthOf } from './layout.ts';
import type { DrawingOf, FigureOptions, Panel } from './panel.ts';
import { COLOURS, lineAt } from './svg.ts';
import { tableDrawing } from './table-drawing.ts';

/**
 * An explanation as a picture. One panel an input: the input and its likeliest classes, then one row a concept, with
 * what it is and the bar of its contribution to the predicted class, in the same order.
 */

const drawings = { image: imageDrawing, tabular: tableDrawing } satisfies Record<Manifest['input']['kind'], DrawingOf>;

/** Whether the figure of `count` inputs can be drawn at all, asked before anything is predicted. @throws payload_too_large */
export function checkPanels(count: number, manifest: Manifest, options: FigureOptions): void {
  const most = panelsThatFit(drawings[manifest.input.kind](manifest, options).frame);
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
export function figureSvg(panels: readonly Panel[], manifest: Manifest, options: FigureOptions): string {
  const { frame, header, content } = drawings[manifest.input.kind](manifest, options);
  const { contrast } = options;
  const [width, height] = [widthOf(frame), heightOf(frame, panels.length)];
  const parts = panels.flatMap((panel, i) => {
    const top = MARGIN + i * (panelHeight(frame) + PANEL_GAP);
    const rule = top - PANEL_GAP / 2;
    const first = top + headerHeight(frame);
    return [
      ...(i === 0 ? [] : [lineAt([MARGIN, rule], [width - MARGIN, rule], COLOURS.line)]),
      ...header(panel, top + 14),
      ...barsHeader(manifest, panel.prediction, contrast, frame, top + 14),
      ...content(panel, first),
      ...bars(manifest, panel.prediction, contrast, frame, first),
    ];
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" font-family="Inter, Helvetica, Arial, 'Liberation Sans', 'DejaVu Sans', sans-serif">`,
    '<rect width="100%" height="100%" fill="white"/>',
    ...parts,
    '</svg>',
  ].join('\n');
}
