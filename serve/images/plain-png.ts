import { decode } from 'fast-png';
import { SennError } from '../../core/errors.ts';
import type { Pixels } from '../../core/images/prepare.ts';

/**
 * Small PNG files whose bytes are their pixels: 8 bits a channel, row after row, no palette, no colour profile, no
 * orientation. They are most of what an image model of a few hundred pixels is sent, and decoding one on the spot costs
 * a tenth of a trip through sharp's thread pool. Any other image is sharp's.
 */

/** A file that short cannot inflate to more than 16 MiB, whatever its header says. */
const MOST_BYTES = 16 * 1024;

const SIGNATURE = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1');
/** Grey, RGB, grey and alpha, RGB and alpha: the channels by the colour type of the header. */
const channelsByColour: Readonly<Record<number, Pixels['channels']>> = { 0: 1, 2: 3, 4: 2, 6: 4 };
/** Chunks that do not change what the pixels mean; a colour profile, a palette or an animation does. */
const harmless = new Set(['IDAT', 'IEND', 'tEXt', 'zTXt', 'iTXt', 'tIME', 'pHYs', 'sRGB', 'sBIT', 'bKGD', 'hIST']);

export interface PlainPng {
  readonly width: number;
  readonly height: number;
  readonly channels: Pixels['channels'];
}

/** The header of a plain PNG, or undefined for any other file. Nothing is decoded. */
export function plainPngHeader(bytes: Uint8Array): PlainPng | undefined {
  if (bytes.length > MOST_BYTES || bytes.length < 45) return undefined;
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (!buffer.subarray(0, 8).equals(SIGNATURE) || buffer.toString('latin1', 12, 16) !== 'IHDR') return undefined;
  const channels = channelsByColour[buffer[25] as number];
  const [depth, compression, filter, interlace] = [buffer[24], buffer[26], buffer[27], buffer[28]];
  if (channels === undefined || depth !== 8 || compression !== 0 || filter !== 0 || interlace !== 0) return undefined;
  if (!hasOnlyHarmlessChunks(buffer)) return undefined;
  return { width: buffer.readUInt32BE(16), height: buffer.readUInt32BE(20), channels };
}

/** Every chunk behind the header, up to IEND at the very end of the file. */
function hasOnlyHarmlessChunks(buffer: Buffer): boolean {
  if (buffer.readUInt32BE(8) !== 13) return false;
  for (let at = 33; at + 12 <= buffer.length; ) {
    const length = buffer.readUInt32BE(at);
    const type = buffer.toString('latin1', at + 4, at + 8);
    at += 12 + length;
    if (!harmless.has(type)) return false;
    if (type === 'IEND') return at === buffer.length;
  }
  return false;
}

/** @param bytes of a file that `plainPngHeader` knows @throws invalid_image */
export function decodePlainPng(bytes: Uint8Array, where: string): Pixels {
  try {
    const { width, height, channels, data } = decode(bytes, { checkCrc: true });
    if (data.length !== width * height * channels) throw new Error('the pixels do not fill the image');
    return { width, height, channels: channels as Pixels['channels'], data };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new SennError('invalid_image', `${where}: cannot be decoded: ${reason}`, { reason });
  }
}
