import sharp from 'sharp';
import { SennError } from '../../core/errors.ts';
import type { Pixels } from '../../core/images/prepare.ts';

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
 * Upright by its EXIF orientation, in sRGB, 8 bits a channel, scaled to fit.
 * An image that needs no scaling keeps its values exactly.
 * @throws unsupported_media_type, image_too_large, invalid_image
 */
export async function decodeImage(bytes: Uint8Array, where: string, options: DecodeOptions): Promise<Pixels> {
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
  return { width: info.width, height: info.height, channels: info.channels as Pixels['channels'], data };
}
