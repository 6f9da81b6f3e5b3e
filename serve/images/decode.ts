import sharp from 'sharp';
import { SennError } from '../../core/errors.ts';
import type { decodingBox, Pixels } from '../../core/images/prepare.ts';
import type { BatchImage } from './batch-image.ts';
import { limitChunks } from './chunk-limit.ts';

/** Decodes PNG, JPEG and WebP files to pixels, through sharp. */

type DecodingBox = ReturnType<typeof decodingBox>;
type DecodedImage = Extract<BatchImage, { kind: 'pixels' }>;

const signatures = {
  'image/png': (bytes: Buffer) => bytes.subarray(0, 8).equals(Buffer.from('\x89PNG\r\n\x1a\n', 'latin1')),
  'image/jpeg': (bytes: Buffer) => bytes.subarray(0, 3).equals(Buffer.from([0xff, 0xd8, 0xff])),
  'image/webp': (bytes: Buffer) =>
    bytes.toString('latin1', 0, 4) === 'RIFF' && bytes.toString('latin1', 8, 12) === 'WEBP',
} as const;

/** Media types that are decoded. */
const imageTypes = Object.keys(signatures) as (keyof typeof signatures)[];

/**
 * Checks the type by the file's first bytes; its name and declared type do not matter.
 * @throws unsupported_media_type
 */
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

/** Pixels of a side, where nobody says otherwise. */
const MOST_SIDE = 32_768;

/** Seconds that decoding may take: ten times what the largest photograph takes. */
const SECONDS = 10;

/** What an image may be at most. */
export interface ImageLimits {
  /** Width × height. */
  readonly maxPixels: number;
  /** Width, and height. */
  readonly maxSide?: number;
  /** Whole seconds of decoding. */
  readonly maxSeconds?: number;
}

function broken(error: unknown, where: string, seconds: number): SennError {
  if (error instanceof Error && /^timeout:/.test(error.message)) {
    return new SennError('image_too_large', `${where}: takes more than ${seconds} s to decode`, { seconds });
  }
  const said = error instanceof Error ? error.message.trim().replace(/\s+/g, ' ') : String(error);
  // libvips has no more to say of some headers, as of one with a side of 2³¹ − 1
  const reason = said.endsWith('corrupt header:') ? 'its header is corrupt' : said;
  return new SennError('invalid_image', `${where}: cannot be decoded: ${reason}`, { reason });
}

/** An image file whose header has been read, and no more. */
export interface ImageFile {
  /** Width × height, by the header. */
  readonly pixels: number;
  /**
   * Upright by its EXIF orientation, in sRGB, 8 bits a channel, scaled to fit.
   * An image that needs no scaling keeps its values exactly.
   * @throws invalid_image, image_too_large where it takes too long
   */
  decode(box: DecodingBox): Promise<DecodedImage>;
}

/** @throws unsupported_media_type, invalid_image, image_too_large */
export async function openImage(
  bytes: Uint8Array,
  where: string,
  { maxPixels, maxSide = MOST_SIDE, maxSeconds = SECONDS }: ImageLimits,
): Promise<ImageFile> {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  checkType(buffer, where);
  if (signatures['image/png'](buffer)) limitChunks(buffer, where);
  const { width, height } = await sharp(buffer, { limitInputPixels: false })
    .metadata()
    .catch((error: unknown) => {
      throw broken(error, where, maxSeconds);
    });
  const pixels = width * height;
  if (pixels > maxPixels) {
    throw new SennError(
      'image_too_large',
      `${where}: ${width} × ${height} = ${pixels} pixels; at most ${maxPixels} are decoded`,
      { width, height, pixels, maxPixels },
    );
  }
  if (Math.max(width, height) > maxSide) {
    throw new SennError(
      'image_too_large',
      `${where}: ${width} × ${height} pixels; at most ${maxSide} are decoded of each side`,
      { width, height, maxSide },
    );
  }
  return {
    pixels,
    decode: async (box) => {
      const { data, info } = await sharp(buffer, { failOn: 'error', limitInputPixels: maxPixels, autoOrient: true })
        .resize({ width: box.width, height: box.height, fit: 'inside', withoutEnlargement: !box.enlarge })
        .toColourspace('srgb')
        .raw()
        .timeout({ seconds: maxSeconds })
        .toBuffer({ resolveWithObject: true })
        .catch((error: unknown) => {
          throw broken(error, where, maxSeconds);
        });
      const { width, height, channels } = info;
      return { kind: 'pixels', width, height, channels: channels as Pixels['channels'], data };
    },
  };
}
