import { crc32, inflateSync } from 'node:zlib';
import { SennError } from '../../core/errors.ts';
import type { Pixels } from '../../core/images/prepare.ts';

/**
 * Decodes plain PNG files: 8 bits a channel, row after row, no palette, no colour profile, no orientation. Most images that
 * a model of small images is sent are such, and decoding one on the spot takes a twentieth of the time of a trip through
 * sharp's thread pool (`npm run bench:serve`). Any other image is sharp's; a test holds this to what sharp decodes.
 * The format: PNG (Third Edition), W3C, https://www.w3.org/TR/png-3/
 */

const SIGNATURE = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1');
/** The number of channels by the header's colour type: grey, RGB, grey and alpha, RGB and alpha. */
const channelsByColour: Readonly<Record<number, Pixels['channels']>> = { 0: 1, 2: 3, 4: 2, 6: 4 };
/** The type of a chunk: its four letters as a number. */
const typeOf = (letters: string): number => Buffer.from(letters, 'latin1').readUInt32BE();
const [IHDR, IDAT, IEND] = [typeOf('IHDR'), typeOf('IDAT'), typeOf('IEND')];
/**
 * Chunks that may be passed over: they do not change what the pixels mean, as a colour profile, a palette or an
 * animation does.
 */
const harmless = new Set(
  ['IDAT', 'IEND', 'tEXt', 'zTXt', 'iTXt', 'tIME', 'pHYs', 'sRGB', 'sBIT', 'bKGD', 'hIST'].map(typeOf),
);
/** Bytes of the signature and the header chunk. */
const HEAD_BYTES = 33;
/** Bytes that a plain file may have besides its pixels. */
const ROOM = 4096;
/** Bytes of zlib's output buffer: allocating its usual 16 KiB takes longer than inflating a small image. */
const chunkSize = (size: number): number => Math.min(Math.max(64, size + 1), 16_384);
/** Length, type and CRC of a chunk. */
const CHUNK_BYTES = 12;

export interface PlainPng {
  readonly width: number;
  readonly height: number;
  readonly channels: Pixels['channels'];
}

/** The header of a plain PNG, or undefined for any other file. Nothing is decoded. */
export function plainPngHeader(bytes: Uint8Array): PlainPng | undefined {
  const buffer = bufferOf(bytes);
  if (buffer.length < HEAD_BYTES + CHUNK_BYTES || buffer.compare(SIGNATURE, 0, 8, 0, 8) !== 0) return undefined;
  if (buffer.readUInt32BE(8) !== 13 || buffer.readUInt32BE(12) !== IHDR) return undefined;
  const channels = channelsByColour[buffer[25] as number];
  const [depth, compression, filter, interlace] = [buffer[24], buffer[26], buffer[27], buffer[28]];
  if (channels === undefined || depth !== 8 || compression !== 0 || filter !== 0 || interlace !== 0) return undefined;
  const [width, height] = [buffer.readUInt32BE(16), buffer.readUInt32BE(20)];
  // longer than its pixels explain, as by thousands of empty chunks, which would take long to go through
  const isLong = buffer.length > (width * channels + 1) * height + ROOM;
  return width > 0 && height > 0 && !isLong && endsWell(buffer) ? { width, height, channels } : undefined;
}

/** The bytes as a Buffer over the same memory, which may be shared. */
const bufferOf = (bytes: Uint8Array): Buffer =>
  Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);

interface Chunk {
  readonly type: number;
  /** Where its type stands; its data follow it. */
  readonly at: number;
  readonly length: number;
}

/** The chunks behind the header, up to the first that is cut off. */
function chunksOf(buffer: Buffer): Chunk[] {
  const chunks: Chunk[] = [];
  for (let at = HEAD_BYTES; at + CHUNK_BYTES <= buffer.length; ) {
    const length = buffer.readUInt32BE(at);
    if (at + CHUNK_BYTES + length > buffer.length) break;
    chunks.push({ type: buffer.readUInt32BE(at + 4), at: at + 4, length });
    at += CHUNK_BYTES + length;
  }
  return chunks;
}

/** Whether all chunks are harmless, and the file ends with IEND. */
function endsWell(buffer: Buffer): boolean {
  for (const { type, at, length } of chunksOf(buffer)) {
    if (!harmless.has(type)) return false;
    if (type === IEND) return at + 8 + length === buffer.length;
  }
  return false;
}

/** @param bytes of a file that has a `plainPngHeader` @throws invalid_image */
export function decodePlainPng(
  bytes: Uint8Array,
  where: string,
  header = plainPngHeader(bytes),
): Pixels & { readonly data: Uint8Array } {
  if (header === undefined) throw broken(where, 'it is no plain PNG');
  const { width, height, channels } = header;
  const stride = width * channels;
  const filtered = inflated(compressed(bufferOf(bytes), where), (stride + 1) * height, where);
  return { ...header, data: unfiltered(filtered, height, stride, channels, where) };
}

const broken = (where: string, reason: string): SennError =>
  new SennError('invalid_image', `${where}: cannot be decoded: ${reason}`, { reason });

/** The data of all IDAT chunks, their CRCs checked. */
function compressed(buffer: Buffer, where: string): Buffer {
  const parts: Buffer[] = [];
  for (const { type, at, length } of chunksOf(buffer)) {
    const end = at + 4 + length;
    if (type !== IDAT) continue;
    if (crc32(buffer.subarray(at, end)) !== buffer.readUInt32BE(end))
      throw broken(where, 'the CRC of its data differs');
    parts.push(buffer.subarray(at + 4, end));
  }
  // zlib does not take shared memory, so what lies there is copied
  const [only] = parts;
  return parts.length === 1 && only?.buffer instanceof ArrayBuffer ? only : Buffer.concat(parts);
}

/** What zlib's errors mean for an image, by their codes. */
const inflating: Readonly<Record<string, string>> = {
  ERR_BUFFER_TOO_LARGE: 'its data are longer than its width and height say',
  Z_BUF_ERROR: 'its data are broken off',
  Z_DATA_ERROR: 'its data are damaged',
  Z_NEED_DICT: 'its data need a dictionary, which PNG has not',
};

/** Inflates the data to `size` bytes, which the header says there are; it stops where there are more. */
function inflated(data: Buffer, size: number, where: string): Buffer {
  let bytes: Buffer;
  try {
    bytes = inflateSync(data, { maxOutputLength: size, chunkSize: chunkSize(size) });
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    const reason = inflating[code] ?? `its data cannot be unpacked (${code})`;
    throw broken(where, code === 'ERR_BUFFER_TOO_LARGE' ? `${reason}, ${size} bytes` : reason);
  }
  if (bytes.length === size) return bytes;
  throw broken(where, `its data are ${bytes.length} bytes, and its width and height say ${size}`);
}

/**
 * The filters of PNG (§9.2), by number: each predicts a byte from its neighbours to the left (a), above (b), and above
 * to the left (c).
 */
const predictors: readonly ((a: number, b: number, c: number) => number)[] = [
  () => 0,
  (a) => a,
  (_a, b) => b,
  (a, b) => (a + b) >> 1,
  (a, b, c) => {
    const [toA, toB, toC] = [Math.abs(b - c), Math.abs(a - c), Math.abs(a + b - 2 * c)];
    if (toA <= toB && toA <= toC) return a;
    return toB <= toC ? b : c;
  },
];

/**
 * Undoes the filters in place: a row moves to the left by the filter numbers before it, so nothing unread is
 * overwritten.
 * @param rows `[height · (1 + stride)]`, each row behind the number of its filter @returns `[height · stride]`
 */
function unfiltered(rows: Buffer, height: number, stride: number, channels: number, where: string): Uint8Array {
  for (let y = 0; y < height; y++) {
    const from = y * (stride + 1) + 1;
    const to = y * stride;
    const filter = rows[from - 1] as number;
    const predict = predictors[filter];
    if (predict === undefined) throw broken(where, `filter ${filter} of row ${y} is none`);
    if (filter === 0) {
      // byte by byte, since rows are small: a call of `copy` takes longer
      for (let x = 0; x < stride; x++) rows[to + x] = rows[from + x] as number;
      continue;
    }
    for (let x = 0; x < stride; x++) {
      const a = x < channels ? 0 : (rows[to + x - channels] as number);
      const b = y === 0 ? 0 : (rows[to + x - stride] as number);
      const c = x < channels || y === 0 ? 0 : (rows[to + x - stride - channels] as number);
      rows[to + x] = (rows[from + x] as number) + predict(a, b, c);
    }
  }
  return rows.subarray(0, height * stride);
}
