/** Where everything of a figure stands, in its own units; all of it follows from the model and what is asked for. */

export const MARGIN = 24;
export const COLUMN_GAP = 28;
export const PANEL_GAP = 32;
/** A line of the header over a panel's columns. */
export const HEADER_LINE = 17;
/** Two lines and the air below them. */
export const HEADER_HEIGHT = 2 * HEADER_LINE + 13;

/** Pixels of the PNG to one unit of the figure: sharp on a dense screen. */
export const PIXEL_RATIO = 2;
/** Longest side of the PNG, in pixels: some 200 MB while it is drawn. */
export const MAX_SIDE = 16_384;

/** What the panels of a figure have in common: rows of concepts, and their bars to the right. */
export interface Frame {
  /** From one row to the next. */
  readonly rowPitch: number;
  /** Of the content of a row. */
  readonly rowHeight: number;
  readonly rows: number;
  /** Least height of what stands beside the rows. */
  readonly sideHeight: number;
  readonly barX: number;
  readonly barWidth: number;
}

export const widthOf = ({ barX, barWidth }: Frame): number => barX + barWidth + MARGIN;

export const panelHeight = (frame: Frame): number =>
  HEADER_HEIGHT + Math.max(frame.rows * frame.rowPitch, frame.sideHeight);

export const heightOf = (frame: Frame, panels: number): number =>
  2 * MARGIN + panels * (panelHeight(frame) + PANEL_GAP) - PANEL_GAP;

/** How many panels a figure has room for. */
export function panelsThatFit(frame: Frame): number {
  const side = MAX_SIDE / PIXEL_RATIO;
  if (widthOf(frame) > side) return 0;
  return Math.max(0, Math.floor((side - heightOf(frame, 0)) / (panelHeight(frame) + PANEL_GAP)));
}
