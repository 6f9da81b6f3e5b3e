import { crc32, deflateSync } from 'node:zlib';
import { SennError } from '../core/errors.ts';
import { fromBytes, toBytes } from '../core/images/bytes.ts';
import type { Tensor } from '../core/tensor.ts';
import { deflateRuns } from './images/deflate.ts';
import { decodePlainPng } from './images/plain-png.ts';

const SIGNATURE = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1');

function chunk(type: string, data: Uint8Array): Buffer {
  const buffer = Buffer.allocUnsafe(12 + data.length);
  buffer.writeUInt32BE(data.length, 0);
  buffer.write(type, 4, 'latin1');
  buffer.set(data, 8);
  buffer.writeUInt32BE(crc32(buffer.subarray(4, 8 + data.length)), 8 + data.length);
  return buffer;
}

const END = chunk('IEND', new Uint8Array());

/** Bytes from which on zlib's smaller result is worth its start. */
const SMALL = 4096;

const deflated = (data: Buffer): Buffer => (data.length > SMALL ? deflateSync(data, { level: 3 }) : deflateRuns(data));

/**
 * A small image as a PNG file. Synchronous, in the worker that decoded it: an answer holds dozens of them, and a trip
 * through sharp's thread pool takes a hundred times as long for a few hundred pixels.
 * @param image `[C, H, W]` with C 1 (grey) or 3 (RGB), in [0, 1]
 */
export function encodePng(image: Tensor): Buffer {
  const [channels, height, width] = image.shape as [1 | 3, number, number];
  const stride = width * channels;
  const bytes = toBytes(image);
  const rows = Buffer.alloc(height * (stride + 1)); // each behind a 0: no filter
  for (let y = 0; y < height; y++) rows.set(bytes.subarray(y * stride, (y + 1) * stride), y * (stride + 1) + 1);
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, channels === 1 ? 0 : 2], 8);
  const data = deflated(rows);
  return Buffer.concat([SIGNATURE, chunk('IHDR', header), chunk('IDAT', data), END]);
}

/** The image as a `data:` URI that a browser shows. @param image `[C, H, W]` in [0, 1] */
export function pngDataUri(image: Tensor): string {
  return `data:image/png;base64,${encodePng(image).toString('base64')}`;
}

/**
 * The inverse of `encodePng`, for a model's own images; what comes in a request has its limits in serve/images.
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
