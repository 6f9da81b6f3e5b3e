import { SennError } from '../../core/errors.ts';
import type { ImageInput } from '../../core/images/prepare.ts';
import type { Manifest } from '../../core/manifest.ts';

/** Where everything of a figure stands, in its own units; all of it follows from the model and the steps. */

export const MARGIN = 24;
export const HEADER = 30;
export const INPUT_SIDE = 140;
export const BAR_WIDTH = 240;
export const PANEL_GAP = 32;
/** Between the images of a traversal, in pixels of the model. */
export const GAP_PIXELS = 2;
const LABEL_WIDTH = 104;
const COLUMN_GAP = 28;
/** Input, its three likeliest classes, and air. */
const INPUT_HEIGHT = INPUT_SIDE + 100;
/** Least side of a traversal image; images are scaled by whole numbers. */
const CELL_SIDE = 52;

/** Pixels of the PNG to one unit of the figure: sharp on a dense screen. */
export const PIXEL_RATIO = 2;
/** Longest side of the PNG, in pixels: some 200 MB while it is drawn. */
const MAX_SIDE = 16_384;

/** One for all panels of a figure. */
export interface Layout {
  readonly scale: number;
  readonly rowPitch: number;
  readonly stripWidth: number;
  readonly stripX: number;
  readonly barX: number;
  readonly width: number;
  readonly panelHeight: number;
}

export function layoutOf({ height, width }: ImageInput, concepts: number, steps: number): Layout {
  const scale = Math.max(1, Math.round(CELL_SIDE / width));
  const rowPitch = (height + GAP_PIXELS) * scale;
  const stripWidth = (steps * (width + GAP_PIXELS) - GAP_PIXELS) * scale;
  const stripX = MARGIN + INPUT_SIDE + COLUMN_GAP + LABEL_WIDTH;
  const barX = stripX + stripWidth + COLUMN_GAP;
  return {
    scale,
    rowPitch,
    stripWidth,
    stripX,
    barX,
    width: barX + BAR_WIDTH + MARGIN,
    panelHeight: HEADER + Math.max(concepts * rowPitch, INPUT_HEIGHT),
  };
}

export const heightOf = ({ panelHeight }: Layout, panels: number): number =>
  2 * MARGIN + panels * (panelHeight + PANEL_GAP) - PANEL_GAP;

/** Whether the figure of `count` images can be drawn at all, asked before anything is predicted. @throws payload_too_large */
export function checkPanels(count: number, { name, input, concepts }: Manifest, steps: number): void {
  const layout = layoutOf(input as ImageInput, concepts.length, steps);
  const side = MAX_SIDE / PIXEL_RATIO;
  const fitting = Math.floor((side - heightOf(layout, 0)) / (layout.panelHeight + PANEL_GAP));
  const most = layout.width > side ? 0 : Math.max(0, fitting);
  if (count > most) {
    throw new SennError(
      'payload_too_large',
      `figure: ${count} images; at most ${most} of model "${name}" with ${steps} steps fit in one`,
      { count, most, steps },
    );
  }
}
