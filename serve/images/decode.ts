import sharp, { type OutputInfo } from 'sharp';
import { SennError } from '../../core/errors.ts';
import type { Tensor } from '../../core/tensor.ts';
import { luma } from './pixels.ts';

/** Bytes of a PNG, JPEG or WebP → pixels. */

export interface DecodeOptions {
  /** Largest width × height that is decoded at all. */
  readonly maxPixels: number;
  /** The image is scaled to fit inside. */
  readonly height: number;
  readonly width: number;
  /** Whether a smaller image is scaled up to touch the box, or left as it is. */
  readonly enlarge: boolean;
}

const signatures = {
  'image/png': (bytes: Buffer) => bytes.subarray(0, 8).equals(Buffer.from('\x89PNG\r\n\x1a\n', 'latin1')),
  'image/jpeg': (bytes: Buffer) => bytes.subarray(0, 3).equals(Buffer.from([0xff, 0xd8, 0xff])),
  'image/webp': (bytes: Buffer) =>
    bytes.toString('latin1', 0, 4) === 'RIFF' && bytes.toString('latin1', 8, 12) === 'WEBP',
} as const;

/** Media types that are decoded. */
export const imageTypes = Object.keys(signatures) as (keyof typeof signatures)[];

/** What the bytes say they are; a file's name and declared type are not asked. @throws unsupported_media_type */
function checkType(bytes: Buffer, where: string): void {
  if (!imageTypes.some((type) => signatures[type](bytes))) {
    throw new SennError(
      'unsupported_media_type',
      `${where}: must be ${imageTypes.join(', ')}; its bytes are none of them`,
      {
        expected: imageTypes,
        firstBytes: bytes.toString('hex', 0, 8),
      },
    );
  }
}

/** Why an image was not decoded: its header says more pixels than are taken, or it is broken. */
async function refusal(bytes: Buffer, where: string, maxPixels: number, error: unknown): Promise<SennError> {
  const { width = 0, height = 0 } = await sharp(bytes, { limitInputPixels: false })
    .metadata()
    .catch(() => ({ width: 0, height: 0 }));
  if (width * height > maxPixels) {
    return new SennError(
      'image_too_large',
      `${where}: ${width} × ${height} = ${width * height} pixels; at most ${maxPixels} are decoded`,
      { width, height, pixels: width * height, maxPixels },
    );
  }
  const reason = error instanceof Error ? error.message.trim().replace(/\s+/g, ' ') : String(error);
  return new SennError('invalid_image', `${where}: cannot be decoded: ${reason}`, { reason });
}

/**
 * Upright by its EXIF orientation, in sRGB, 8 bits a channel, scaled to fit, transparency flattened.
 * An image that needs no scaling keeps its values exactly.
 * @returns `[3, h, w]` in [0, 1]
 * @throws unsupported_media_type, image_too_large, invalid_image
 */
export async function decodeImage(bytes: Uint8Array, where: string, options: DecodeOptions): Promise<Tensor> {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const { maxPixels, height, width, enlarge } = options;
  checkType(buffer, where);
  const { data, info } = await sharp(buffer, { failOn: 'error', limitInputPixels: maxPixels, autoOrient: true })
    .resize({ width, height, fit: 'inside', withoutEnlargement: !enlarge })
    .toColourspace('srgb')
    .raw()
    .toBuffer({ resolveWithObject: true })
    .catch(async (error: unknown) => {
      throw await refusal(buffer, where, maxPixels, error);
    });
  return flattened(data, info);
}

/**
 * On black or on white, whichever contrasts with what is opaque: so black ink on nothing stays visible.
 * @param pixels `H · W · channels` bytes: grey or RGB, then alpha when `channels` is even
 * @returns `[3, H, W]` in [0, 1]
 */
function flattened(pixels: Buffer, { height, width, channels }: OutputInfo): Tensor {
  const plane = height * width;
  const opaque = channels % 2 === 1;
  const [green, blue] = channels < 3 ? [0, 0] : [1, 2];
  const at = (i: number, band: number): number => pixels[channels * i + band] as number;
  const alphaAt = (i: number): number => (opaque ? 255 : at(i, channels - 1));
  let [opacity, brightness] = [0, 0];
  for (let i = 0; i < plane; i++) {
    opacity += alphaAt(i);
    brightness += alphaAt(i) * luma(at(i, 0), at(i, green), at(i, blue));
  }
  const background = brightness > 127.5 * opacity ? 0 : 255;
  const data = new Float32Array(3 * plane);
  [0, green, blue].forEach((band, c) => {
    for (let i = 0; i < plane; i++) {
      const alpha = alphaAt(i);
      data[c * plane + i] = (at(i, band) * alpha + background * (255 - alpha)) / 255 / 255;
    }
  });
  return { shape: [3, height, width], data };
}
