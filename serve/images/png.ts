import { crc32, deflateSync } from 'node:zlib';
import { SennError } from '../../core/errors.ts';
import { fromBytes, toBytes } from '../../core/images/bytes.ts';
import type { Tensor } from '../../core/tensor.ts';
import { memoized } from '../memo.ts';
import { deflatedMost, deflateRuns } from './deflate.ts';
import { decodePlainPng } from './plain-png.ts';

/** PNG files of small images, written and read: traversals in answers, and the prototypes of a model. */

const SIGNATURE = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1');
const HEADER_BYTES = 13;
/** Bytes before each row of pixels: the number of its filter, here always 0, which is none. */
const FILTER_BYTES = 1;

/** Bytes of a chunk besides its data: its length, its type and its CRC. */
const CHUNK_BYTES = 12;

/**
 * Makes a chunk of the data that stands from `at` + 8 to `end`: writes its length, type and CRC.
 * @returns where it ends
 */
function frameChunk(file: Buffer, at: number, type: string, end: number): number {
  file.writeUInt32BE(end - at - 8, at);
  file.write(type, at + 4, 'latin1');
  return file.writeUInt32BE(crc32(file.subarray(at + 4, end)), end);
}

/** The beginning of a PNG file: its signature and its header. @param shape `C,H,W` */
const headOf = memoized((shape) => {
  const [channels, height, width] = shape.split(',').map(Number) as [1 | 3, number, number];
  const head = Buffer.alloc(SIGNATURE.length + CHUNK_BYTES + HEADER_BYTES);
  const at = SIGNATURE.copy(head);
  head.writeUInt32BE(width, at + 8);
  head.writeUInt32BE(height, at + 12);
  head[at + 16] = 8;
  head[at + 17] = channels === 1 ? 0 : 2;
  frameChunk(head, at, 'IHDR', at + 8 + HEADER_BYTES);
  return head;
});

const END = Buffer.alloc(CHUNK_BYTES);
frameChunk(END, 0, 'IEND', 8);

/** Bytes above which zlib, whose calls cost 10 to 25 µs to begin, is worth it for its smaller result. */
const SMALL = 4096;

/** Writes the rows, compressed. @returns where they end */
function writeDeflated(rows: Uint8Array, file: Buffer, at: number): number {
  return rows.length > SMALL ? at + deflateSync(rows, { level: 3 }).copy(file, at) : deflateRuns(rows, file, at);
}

/**
 * A small image as a PNG file. Synchronous, on the thread that decoded the image: an answer holds dozens of them, and a
 * trip through sharp's thread pool takes a hundred times as long for a few hundred pixels (`npm run bench:serve`, with
 * traversals).
 * @param image `[C, H, W]` with C 1 (grey) or 3 (RGB), in [0, 1]
 */
export function encodePng(image: Tensor): Buffer {
  const rows = new Uint8Array(toBytes(image, FILTER_BYTES).buffer);
  const head = headOf(image.shape.join());
  const file = Buffer.allocUnsafe(head.length + CHUNK_BYTES + deflatedMost(rows.length) + END.length);
  const at = head.copy(file);
  const end = frameChunk(file, at, 'IDAT', writeDeflated(rows, file, at + 8));
  return file.subarray(0, end + END.copy(file, end));
}

/** The image as a `data:` URI that a browser shows. @param image `[C, H, W]` in [0, 1] */
export function pngDataUri(image: Tensor): string {
  return `data:image/png;base64,${encodePng(image).toString('base64')}`;
}

/**
 * The inverse of `encodePng`, for a model's own images. It has no limits: images of requests go through decode-all.ts.
 * @returns `[C, H, W]` in [0, 1]
 * @throws invalid_image where it is no plain PNG of 1 or 3 channels
 */
export function decodePng(bytes: Uint8Array): Tensor {
  const { data, width, height, channels } = decodePlainPng(bytes, 'PNG');
  if (channels !== 1 && channels !== 3) {
    throw new SennError('invalid_image', `PNG: ${channels} channels must be 1 or 3`, { channels });
  }
  return fromBytes(data, [channels, height, width]);
}
