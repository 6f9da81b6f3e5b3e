import sharp from 'sharp';
import { PIXEL_RATIO } from '../../core/figure/layout.ts';

/** A figure as a PNG file. 72 dots an inch is one pixel to the unit. */
export function renderSvg(svg: string): Promise<Buffer> {
  return sharp(Buffer.from(svg), { density: 72 * PIXEL_RATIO })
    .png({ compressionLevel: 9, palette: true })
    .toBuffer();
}
