import type { ImageInput } from '../images/prepare.ts';
import { COLOURS, type Colours } from './palette.ts';
import { barAt } from './parts/bar.ts';
import { element, imageAt, lineAt } from './svg.ts';

/**
 * Pieces of a figure as pictures of their own, for a page that lays its rows out itself: each fills the cell that it is
 * put into. What they show is drawn by the functions that draw the figure.
 */

const BAR = { width: 100, height: 20 } as const;

/** Pictures of which the page says in words what they show. */
const pictureOf = (width: number, height: number, stretch: boolean, ...elements: readonly string[]): string =>
  element(
    'svg',
    {
      viewBox: `0 0 ${width} ${height}`,
      preserveAspectRatio: stretch ? 'none' : undefined,
      'aria-hidden': 'true',
    },
    ...elements,
  );

/**
 * The bar of one contribution, its axis in the middle of the cell.
 * @param value `undefined` for none yet
 * @param name of the concept
 * @param largest the value whose bar reaches the edge of the cell
 */
export function barCell(value: number | undefined, name: string, largest: number, colours: Colours = COLOURS): string {
  const { width, height } = BAR;
  const axis = width / 2;
  const scale = { axis, unit: largest > 0 ? axis / largest : 0 };
  return pictureOf(
    width,
    height,
    true,
    ...(value === undefined ? [] : [barAt(value, name, scale, height / 2, { thickness: height, colours })]),
    lineAt([axis, 0], [axis, height], colours.text, { 'vector-effect': 'non-scaling-stroke' }),
  );
}

/** A row of the sheet that holds all prototypes of a model, one beside the other (core/artefacts/prototypes.ts). */
export interface SheetRow {
  readonly href: string;
  /** Of the whole sheet: K concepts, and the most prototypes that one has. */
  readonly rows: number;
  readonly columns: number;
  /** What is shown: `count` of concept `row`, from its `first` on, by default from 0. */
  readonly row: number;
  readonly first?: number;
  readonly count: number;
}

/** Prototypes of one concept, cut out of the sheet. */
export function sheetCell(
  { href, rows, columns, row, first = 0, count }: SheetRow,
  { height, width }: Pick<ImageInput, 'height' | 'width'>,
): string {
  const sheet = { x: -first * width, y: -row * height, width: columns * width, height: rows * height };
  return pictureOf(count * width, height, false, imageAt(sheet, href));
}
