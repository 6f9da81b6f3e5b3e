import type { Rows } from './column.ts';

/** Lengths that all figures share, in their own units, and how much of them one picture holds. */

export const MARGIN = 24;
export const COLUMN_GAP = 28;
export const PANEL_GAP = 32;
/** A line of the header over a panel's columns. */
export const HEADER_LINE = 17;
/** Down to the baseline of the header's first line. */
export const HEADER_BASELINE = 14;
/** Two lines and the air below them. */
export const HEADER_HEIGHT = 2 * HEADER_LINE + 13;
/** Over a panel, what it says in words: two lines, and the air below them. */
export const REASON = { first: 16, second: 38, height: 62 } as const;
/** Below the rows of a panel, their sums. */
export const SUMS_HEIGHT = 26;
/** From the middle of a line of text down to its baseline, as a share of its size. */
export const BASELINE = 4.5 / 13;

/** Pixels of the PNG to one unit of the figure: sharp on a dense screen. */
export const PIXEL_RATIO = 2;
/** Longest side of the PNG, in pixels: some 200 MB while it is drawn. */
export const MAX_SIDE = 16_384;

/** What all panels of a figure have in common. */
export interface Frame extends Omit<Rows, 'top' | 'places'> {
  /** Least height of what stands beside the rows. */
  readonly sideHeight: number;
  readonly width: number;
  /** What stands below the panels. */
  readonly footer: number;
}

export const panelHeight = ({ count, pitch, sideHeight }: Frame): number =>
  REASON.height + HEADER_HEIGHT + Math.max(count * pitch + SUMS_HEIGHT, sideHeight);

export const heightOf = (frame: Frame, panels: number): number =>
  2 * MARGIN + panels * (panelHeight(frame) + PANEL_GAP) - PANEL_GAP + frame.footer;

/** How many panels a figure has room for. */
export function panelsThatFit(frame: Frame): number {
  const side = MAX_SIDE / PIXEL_RATIO;
  if (frame.width > side) return 0;
  return Math.max(0, Math.floor((side - heightOf(frame, 0)) / (panelHeight(frame) + PANEL_GAP)));
}
