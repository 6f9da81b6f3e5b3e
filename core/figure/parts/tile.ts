import type { ImageInput } from '../../images/prepare.ts';
import { contactSheet } from '../../images/sheet.ts';
import { batchSize, type Tensor } from '../../tensor.ts';
import { COLOURS } from '../palette.ts';
import type { EncodeImage } from '../panel.ts';
import { imageAt, tooltip } from '../svg.ts';
import { TEXT, textWidth } from '../text.ts';

/** Small images of the model's size, side by side: prototypes, and the steps of a traversal. */

/** Least side of an image; images are scaled by whole numbers. */
const SIDE = 52;
/** Between images, in pixels of the model. */
const GAP_PIXELS = 2;
const WHITE_GAP = { pixels: GAP_PIXELS, value: 1 } as const;

/** The titles over the images. */
export const TITLE = { size: TEXT.label, fill: COLOURS.quiet } as const;

export const titleWidth = (...titles: readonly string[]): number =>
  Math.ceil(Math.max(...titles.map((title) => textWidth(title, TITLE))));

export interface Tiles {
  /** Units to a pixel of the model. */
  readonly scale: number;
  readonly width: number;
  readonly height: number;
  /** Between two images. */
  readonly gap: number;
  /** Of so many images side by side. */
  widthOf(count: number): number;
}

export function tilesFor({ height, width }: Pick<ImageInput, 'height' | 'width'>): Tiles {
  const scale = Math.max(1, Math.round(SIDE / width));
  const gap = GAP_PIXELS * scale;
  return {
    scale,
    width: width * scale,
    height: height * scale,
    gap,
    widthOf: (count) => count * (width * scale + gap) - gap,
  };
}

/**
 * Images side by side: one picture of all, and over each an invisible tile that says what it is.
 * @param images `[S, C, H, W]` in [0, 1]
 * @param names `[S]`, of the tooltips; none where an image needs no word
 */
export function tileRow(
  images: Tensor,
  { tiles, x, middle }: { readonly tiles: Tiles; readonly x: number; readonly middle: number },
  encode: EncodeImage,
  names: readonly string[] = [],
): string[] {
  const { width, height, gap, widthOf } = tiles;
  const y = middle - height / 2;
  const picture = imageAt(
    { x, y, width: widthOf(batchSize(images)), height },
    encode(contactSheet([images], WHITE_GAP)),
  );
  if (names.length === 0) return [picture];
  const tileAt = (name: string, s: number): string =>
    `<path d="M${x + s * (width + gap)} ${y}h${width}v${height}h-${width}z">${tooltip(name)}</path>`;
  return [picture, '<g fill="none" pointer-events="all">', ...names.map(tileAt), '</g>'];
}
