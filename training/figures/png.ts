import sharp from 'sharp';
import { SennError } from '../../core/errors.ts';
import { MAX_SIDE, PIXEL_RATIO } from '../../core/figure/layout.ts';
import { documentOf, textAt } from '../../core/figure/svg.ts';
import { FONT } from '../../core/figure/text.ts';

/** Pixels of one line of text. */
const drawn = (text: string): Promise<Buffer> =>
  sharp(Buffer.from(documentOf([40, 40], [textAt(10, 30, text)])))
    .raw()
    .toBuffer();

/**
 * SVG brings no fonts. On a machine without any (a slim container), every letter becomes the same empty box, so two
 * different letters tell. @throws missing_data
 */
async function checkFonts(): Promise<void> {
  const [one, other] = await Promise.all([drawn('A'), drawn('B')]);
  if (!one.equals(other)) return;
  throw new SennError(
    'missing_data',
    `png: no font on this machine draws the text of a figure (asked for ${FONT}); install one, for example the package fonts-dejavu-core; the SVG needs none`,
  );
}

/**
 * A figure as a PNG file; the letters are those of the machine's own fonts.
 * @param pixelRatio pixels to one CSS pixel of the SVG; 2 is sharp on a dense screen
 * @throws missing_data where no font is installed, payload_too_large for a figure that no PNG holds
 */
export async function renderPng(svg: string, pixelRatio = PIXEL_RATIO): Promise<Buffer> {
  await checkFonts();
  const image = sharp(Buffer.from(svg), { density: 72 * pixelRatio });
  const { width, height } = await image.metadata();
  if (Math.max(width, height) > MAX_SIDE) {
    throw new SennError('payload_too_large', `png: ${width} × ${height} pixels; a side has at most ${MAX_SIDE}`);
  }
  return image.png({ compressionLevel: 9 }).toBuffer();
}
