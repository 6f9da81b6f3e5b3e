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
/** Below the rows of a panel, their sums. */
export const SUMS_HEIGHT = 26;
/** From the middle of a line of text down to its baseline, as a share of its size. */
export const BASELINE = 4.5 / 13;

/** Pixels of the PNG to one unit of the figure: sharp on a dense screen. */
export const PIXEL_RATIO = 2;
/** Longest side of the PNG, in pixels: some 200 MB while it is drawn. */
export const MAX_SIDE = 16_384;

/** What all panels of a figure have in common. */
export interface Frame {
  /** Of what stands in a row, and from one row to the next. */
  readonly height: number;
  readonly pitch: number;
  /** The most rows that a panel has. */
  readonly count: number;
  /** Of what stands over the rows, and least height of what stands beside them. */
  readonly headHeight: number;
  readonly sideHeight: number;
  readonly width: number;
  /** Below the rows of a panel. */
  readonly below: number;
  /** What stands below the panels. */
  readonly footer: number;
}

/** Of a panel with so many rows. */
export const panelHeight = ({ pitch, headHeight, sideHeight, below }: Frame, rows: number): number =>
  headHeight +
  below +
  (rows === 0 && sideHeight === 0 ? 0 : HEADER_HEIGHT + Math.max(rows * pitch + SUMS_HEIGHT, sideHeight));

/** @param rows of each panel */
export const heightOf = (frame: Frame, rows: readonly number[]): number =>
  rows.reduce((sum, count) => sum + panelHeight(frame, count) + PANEL_GAP, 2 * MARGIN - PANEL_GAP + frame.footer);

/** How many panels a figure is sure to have room for, whatever is predicted. */
export function panelsThatFit(frame: Frame): number {
  const side = MAX_SIDE / PIXEL_RATIO;
  if (frame.width > side) return 0;
  return Math.max(0, Math.floor((side - heightOf(frame, [])) / (panelHeight(frame, frame.count) + PANEL_GAP)));
}
