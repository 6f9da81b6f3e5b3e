import { signed } from '../../text/format.ts';
import { barTitle } from '../aria-labels.ts';
import { BASELINE } from '../layout.ts';
import { COLOURS, type Colours } from '../palette.ts';
import { rectangleAt, textAt, tooltip } from '../svg.ts';
import { TEXT } from '../text.ts';

/** One bar of a signed value: to the right for, to the left against. All bars of the project are this one. */

/** Where bars stand, and how long they are. */
export interface Scale {
  /** Where 0 is. */
  readonly axis: number;
  /** Length of 1. */
  readonly unit: number;
}

export interface BarStyle {
  readonly thickness: number;
  readonly colours?: Colours;
}

/** @param middle of the bar, from above @param name of the concept, for the tooltip */
export function barAt(value: number, name: string, { axis, unit }: Scale, middle: number, style: BarStyle): string {
  const { thickness, colours = COLOURS } = style;
  const width = Math.abs(value) * unit;
  const box = { x: value < 0 ? axis - width : axis, y: middle - thickness / 2, width, height: thickness };
  return rectangleAt(box, { fill: value < 0 ? colours.against : colours.for }, tooltip(barTitle(name, value)));
}

/** The value, at the end of its bar. */
export function barLabel(
  value: number,
  { axis, unit }: Scale,
  middle: number,
  { size = TEXT.body as number, fill = COLOURS.text as string, air = 6 } = {},
): string {
  const end = axis + (value < 0 ? -1 : 1) * (Math.abs(value) * unit + air);
  return textAt(end, middle + size * BASELINE, signed(value), { size, fill, anchor: value < 0 ? 'end' : 'start' });
}
