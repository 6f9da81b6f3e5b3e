import { SennError } from '../core/errors.ts';

/** RGBA pixels, 0 to 255, row by row: what `ImageData` is, without the DOM. */
export interface PixelImage {
  readonly width: number;
  readonly height: number;
  /** `[height · width · 4]`, not premultiplied */
  readonly data: ArrayLike<number>;
}

/** Anything a canvas can draw: a canvas, an image element, a video frame, an `ImageBitmap`. */
export type DrawableImage = Exclude<CanvasImageSource, SVGImageElement>;

interface Size {
  readonly width: number;
  readonly height: number;
}

function sizeOf(source: PixelImage | DrawableImage): Size {
  if ('videoWidth' in source) return { width: source.videoWidth, height: source.videoHeight };
  if ('naturalWidth' in source) return { width: source.naturalWidth, height: source.naturalHeight };
  if ('displayWidth' in source) return { width: source.displayWidth, height: source.displayHeight };
  return source;
}

function contextOf({ width, height }: Size): OffscreenCanvasRenderingContext2D {
  const context = new OffscreenCanvas(width, height).getContext('2d', { willReadFrequently: true });
  if (context === null) throw new SennError('unavailable', 'this browser gave no 2d canvas');
  return context;
}

function drawable(source: PixelImage | DrawableImage): DrawableImage {
  if (!('data' in source)) return source;
  const context = contextOf(source);
  context.putImageData(new ImageData(Uint8ClampedArray.from(source.data), source.width), 0, 0);
  return context.canvas;
}

/**
 * The pixels of an image: unchanged where it fits in the box, else scaled down to it by the browser, keeping its
 * proportions. Pixels that fit need no canvas.
 * @throws unavailable where a canvas is needed and there is none
 */
export function pixelsInside(source: PixelImage | DrawableImage, box: Size): PixelImage {
  const { width, height } = sizeOf(source);
  const scale = Math.min(1, box.width / width, box.height / height);
  if (scale === 1 && 'data' in source) return source;
  const size = { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) };
  const context = contextOf(size);
  context.imageSmoothingQuality = 'high';
  context.drawImage(drawable(source), 0, 0, size.width, size.height);
  return context.getImageData(0, 0, size.width, size.height);
}
