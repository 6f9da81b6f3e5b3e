import { SennError } from '../../core/errors.ts';

/**
 * A PNG may say besides its pixels what it likes, in chunks as small as 12 bytes. libpng warns of each that is empty or
 * stands there twice, and sharp tells every warning on the event loop: 800,000 such chunks, in 10 MB, hold it for seconds.
 */

/** Chunks besides those of pixels: an animation of that many frames, far more texts than editors write. */
export const MOST_CHUNKS = 10_000;

/** Bytes before the first chunk, and of the length, type and CRC of each. */
const [SIGNATURE_BYTES, CHUNK_BYTES] = [8, 12];
const IDAT = Buffer.from('IDAT', 'latin1').readUInt32BE();

/** @param png a file that begins as one @throws image_too_large */
export function limitChunks(png: Buffer, where: string): void {
  let others = 0;
  for (let at = SIGNATURE_BYTES; at + CHUNK_BYTES <= png.length; at += CHUNK_BYTES + png.readUInt32BE(at)) {
    if (png.readUInt32BE(at + 4) !== IDAT) others++;
    if (others <= MOST_CHUNKS) continue;
    const message = `${where}: more than ${MOST_CHUNKS} chunks besides its pixels; no more are read`;
    throw new SennError('image_too_large', message, { most: MOST_CHUNKS });
  }
}
