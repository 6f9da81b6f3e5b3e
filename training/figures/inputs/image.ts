import { encode } from 'fast-png';
import { SennError } from '../../../core/errors.ts';
import { COLOURS } from '../../../core/figure/palette.ts';
import { imageAt, rectangleAt, tooltip } from '../../../core/figure/svg.ts';
import { toBytes } from '../../../core/images/bytes.ts';
import type { Tensor } from '../../../core/tensor.ts';
import type { Block } from '../blocks.ts';

/** `[C, H, W]`, one image as planes: grey for C = 1, RGB for C = 3. */
export type ImageShape = readonly [channels: 1 | 3, height: number, width: number];

/** @throws shape_mismatch */
export function imageShapeOf(shape: readonly number[], where: string): ImageShape {
  const [channels, height, width] = shape;
  if (shape.length !== 3 || (channels !== 1 && channels !== 3) || height === undefined || width === undefined) {
    throw new SennError('shape_mismatch', `${where}: image [${shape.join(', ')}] must be [1 or 3, height, width]`);
  }
  return [channels, height, width];
}

/** `[C, H, W]` in [0, 1] → a PNG file as a `data:` URI; what lies outside is clamped. @throws shape_mismatch */
export function pngDataUri(image: Tensor): string {
  const [channels, height, width] = imageShapeOf(image.shape, 'png');
  const png = encode({ width, height, channels, depth: 8, data: new Uint8Array(toBytes(image).buffer) });
  return `data:image/png;base64,${Buffer.from(png).toString('base64')}`;
}

/**
 * How many CSS pixels a pixel gets so that the image fills a square: a whole number or a half, which is exact at two
 * pixels to the CSS pixel, unless the image is too large for it.
 */
function scaleToFit([, height, width]: ImageShape, side: number): number {
  const ratio = side / Math.max(height, width);
  return ratio >= 1 ? Math.floor(2 * ratio) / 2 : ratio;
}

/**
 * An image as large as fits into a square, without smoothing: every pixel stays a square.
 * @param image `[C, H, W]` in [0, 1]
 * @param name what a pointing device is told of it
 * @throws shape_mismatch
 */
export function imageBlock(image: Tensor, side: number, name: string): Block {
  const shape = imageShapeOf(image.shape, name);
  const scale = scaleToFit(shape, side);
  const [height, width] = [shape[1] * scale, shape[2] * scale];
  const href = pngDataUri(image);
  return { width, height, draw: (x, y) => [imageAt({ x, y, width, height }, href, tooltip(name))] };
}

/** A hairline around a block, for images whose edge may be as white as the page. */
export function framed({ width, height, draw }: Block): Block {
  const frame = (x: number, y: number): string =>
    rectangleAt(
      { x: x + 0.5, y: y + 0.5, width: width + 1, height: height + 1 },
      { fill: 'none', stroke: COLOURS.line },
    );
  return { width: width + 2, height: height + 2, draw: (x, y) => [...draw(x + 1, y + 1), frame(x, y)] };
}
