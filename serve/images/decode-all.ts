import { SennError } from '../../core/errors.ts';
import { decodingBox, type ImageInput } from '../../core/images/prepare.ts';
import type { ConcurrencyLimit } from '../concurrency-limit.ts';
import type { BatchImage } from './batch-image.ts';
import { openImage } from './decode.ts';
import { plainPngHeader } from './plain-png.ts';

/** An image file out of a request; `where` names it in errors. */
export interface SentImage {
  readonly where: string;
  readonly bytes: Uint8Array;
}

/** What the images of one request may come to, in pixels (width × height). */
export interface PixelLimits {
  readonly pixelsPerImage: number;
  /** Of each of its sides. */
  readonly pixelsPerSide: number;
  /** Of all images together. */
  readonly pixelsPerRequest: number;
}

type DecodingBox = ReturnType<typeof decodingBox>;

/** An image whose pixels are known, and that may still have to be decoded. */
interface Opened {
  readonly pixels: number;
  decode(): BatchImage | Promise<BatchImage>;
}

/**
 * The images of a request, after all their headers have been read and their pixels added up. A plain PNG that needs no
 * scaling is left to the thread that predicts it; all others are decoded here, when their turn comes.
 * @throws unsupported_media_type, image_too_large, invalid_image
 */
export async function decodeAll(
  images: readonly SentImage[],
  input: ImageInput,
  { pixelsPerImage, pixelsPerSide, pixelsPerRequest }: PixelLimits,
  turn: ConcurrencyLimit,
): Promise<BatchImage[]> {
  const box = decodingBox(input);
  const open = async ({ bytes, where }: SentImage): Promise<Opened> => {
    const file = await turn(() => openImage(bytes, where, { maxPixels: pixelsPerImage, maxSide: pixelsPerSide }));
    return { pixels: file.pixels, decode: () => turn(() => file.decode(box)) };
  };
  const opening = images.map((image) => plainPng(image, box, pixelsPerImage) ?? open(image));
  const opened = opening.every(isThere) ? opening : await Promise.all(opening);
  const pixels = opened.reduce((sum, file) => sum + file.pixels, 0);
  if (pixels > pixelsPerRequest) {
    throw new SennError(
      'image_too_large',
      `body: ${images.length} images of ${pixels} pixels; at most ${pixelsPerRequest} are decoded for one request`,
      { images: images.length, pixels, maxPixels: pixelsPerRequest },
    );
  }
  const decoded = opened.map((file) => file.decode());
  return decoded.every(isThere) ? decoded : Promise.all(decoded);
}

const isThere = <T>(value: T | Promise<T>): value is T => !(value instanceof Promise);

function plainPng({ bytes, where }: SentImage, box: DecodingBox, maxPixels: number): Opened | undefined {
  const header = plainPngHeader(bytes);
  if (header === undefined) return undefined;
  const { width, height } = header;
  const pixels = width * height;
  const fits = width > 0 && height > 0 && width <= box.width && height <= box.height && pixels <= maxPixels;
  if (!fits || (box.enlarge && width < box.width && height < box.height)) return undefined;
  return { pixels, decode: () => ({ kind: 'png', where, bytes, header }) };
}
