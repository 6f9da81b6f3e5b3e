import type { ImageInput } from '../../images/prepare.ts';
import { percent, plain } from '../../text/format.ts';
import { type ClassView, speakingPrototypes } from '../../views/class-view.ts';
import { COLUMN_GAP, HEADER_BASELINE, HEADER_HEIGHT, HEADER_LINE, MARGIN } from '../layout.ts';
import { COLOURS } from '../palette.ts';
import type { EncodeImage, FigureModel } from '../panel.ts';
import { barAt, barLabel } from '../parts/bar.ts';
import { TITLE, tileRow, tilesFor } from '../parts/tile.ts';
import { barDomain } from '../series.ts';
import { documentOf, lineAt, textAt } from '../svg.ts';
import { BOLD, clampedWidth, fitted, TEXT } from '../text.ts';

/**
 * A class as a picture: one row a concept, those that weigh most first, with the bar of what it contributes on average, its
 * part of all contributions, and training inputs at the end of it where the class lies.
 */

const NAME = { weight: BOLD } as const;
const NAME_WIDTH = { least: 110, most: 240 } as const;
const BAR_WIDTH = 260;
/** Room for the figure at the end of the longest bar. */
const FIGURE_WIDTH = 52;
const SHARE_WIDTH = 150;
const LEAST_ROW = 44;
const ROW_GAP = 8;
const THICKNESS = 14;

/** How the figure is read. */
export const CLASS_CAPTION =
  'Each row is a concept, those that weigh most for the class first. The bars are what it contributes to the class on ' +
  'average over the training inputs of the class, in logits; beside them its part of all contributions, and in how many of ' +
  'the inputs it contributes most. The images are training inputs at the end of the concept where the class lies.';

/** @returns an SVG document without references to anything outside */
export function classSvg({ manifest, statics }: FigureModel, view: ClassView, encode: EncodeImage): string {
  const { name, version, input } = manifest;
  const nameWidth = clampedWidth(
    view.concepts.map((part) => part.name),
    NAME,
    NAME_WIDTH,
  );
  const tiles = input.kind === 'image' ? tilesFor(input as ImageInput) : undefined;
  const pictures = view.concepts.map((part) => tiles && speakingPrototypes(part, manifest, statics));
  const most = Math.max(0, ...pictures.map((own) => own?.shape[0] ?? 0));
  const height = Math.max(LEAST_ROW, tiles === undefined || most === 0 ? 0 : tiles.height);
  const bars = MARGIN + nameWidth + COLUMN_GAP;
  const shares = bars + BAR_WIDTH + COLUMN_GAP;
  const images = shares + SHARE_WIDTH + COLUMN_GAP;
  const width = (tiles !== undefined && most > 0 ? images + tiles.widthOf(most) : shares + SHARE_WIDTH) + MARGIN;
  const top = MARGIN + HEADER_HEIGHT;
  const [lowest, highest] = barDomain(view.concepts.map(({ contribution }) => contribution));
  const left = lowest < 0 ? FIGURE_WIDTH : 0;
  const unit = (BAR_WIDTH - FIGURE_WIDTH - left) / (highest - lowest || 1);
  const scale = { axis: bars + left - lowest * unit, unit };
  const rows = view.concepts.flatMap((part, i) => {
    const middle = top + i * (height + ROW_GAP) + height / 2;
    const own = pictures[i];
    return [
      textAt(MARGIN, middle - 3, fitted(part.name, nameWidth, NAME), NAME),
      textAt(MARGIN, middle + 14, `${part.end}, on average ${plain(part.mean)}`, TITLE),
      barAt(part.contribution, part.name, scale, middle, { thickness: THICKNESS }),
      barLabel(part.contribution, scale, middle),
      textAt(shares, middle - 3, percent(part.share), { weight: BOLD }),
      textAt(shares, middle + 14, `decides ${percent(part.decides)}`, TITLE),
      ...(own && tiles ? tileRow(own, { tiles, x: images, middle }, encode) : []),
    ];
  });
  const bottom = top + view.concepts.length * (height + ROW_GAP) - ROW_GAP;
  const y = MARGIN + HEADER_BASELINE;
  const header = [
    textAt(MARGIN, y, fitted(`class “${view.label}”`, nameWidth, { size: TEXT.heading, weight: BOLD }), {
      size: TEXT.heading,
      weight: BOLD,
    }),
    textAt(MARGIN, y + HEADER_LINE, `${view.count} training inputs`, TITLE),
    textAt(bars, y, 'mean contribution', TITLE),
    textAt(shares, y, 'of all contributions', TITLE),
    ...(tiles !== undefined && most > 0 ? [textAt(images, y, 'training inputs at that end', TITLE)] : []),
  ];
  return documentOf(
    [width, bottom + MARGIN],
    [...header, ...rows, lineAt([scale.axis, top], [scale.axis, bottom], COLOURS.quiet)],
    `${name} ${version}: class “${view.label}”`,
  );
}
