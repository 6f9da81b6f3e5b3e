import { crc32 } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { MOST_CHUNKS } from '../../../serve/images/chunk-limit.ts';
import { openImage } from '../../../serve/images/decode.ts';
import { digitPng } from '../fixtures.ts';

/** What a PNG says besides its pixels takes no time worth speaking of. */

/** A chunk without data. */
const chunk = (type: string): Buffer => {
  const bytes = Buffer.alloc(12);
  bytes.write(type, 4, 'latin1');
  bytes.writeUInt32BE(crc32(type), 8);
  return bytes;
};
const HEAD_BYTES = 33;

async function withChunks(count: number, type: string): Promise<Buffer> {
  const png = await digitPng(7);
  const chunks = Buffer.alloc(count * 12, chunk(type));
  return Buffer.concat([png.subarray(0, HEAD_BYTES), chunks, png.subarray(HEAD_BYTES)]);
}
const open = async (count: number, type: string) =>
  openImage(await withChunks(count, type), 'image 0', { maxPixels: 1e6 });

describe('the chunks of a PNG', () => {
  it.each(['tEXt', 'tIME', 'zTXt', 'abCd'])('are bounded: %s', async (type) => {
    const bytes = await withChunks(800_000, type);
    const started = performance.now();
    await expect(openImage(bytes, 'image 0', { maxPixels: 1e6 })).rejects.toMatchObject({
      code: 'image_too_large',
      message: `image 0: more than ${MOST_CHUNKS} chunks besides its pixels; no more are read`,
    });
    expect(performance.now() - started).toBeLessThan(50);
  });

  it('of pixels may be any number, and those of texts a few thousand', async () => {
    expect(await open(MOST_CHUNKS * 2, 'IDAT')).toMatchObject({ pixels: 784 });
    expect(await open(MOST_CHUNKS - 100, 'tEXt')).toMatchObject({ pixels: 784 });
  });
});
