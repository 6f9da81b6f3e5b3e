import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { decompress as unzstd } from 'fzstd';
import { snappyUncompress } from 'hyparquet';
import { shortened } from '../../../core/errors.ts';

/** What pages of Parquet files are compressed by. Each is told how long the page is, and makes no more of it. */

type Unpack = (packed: Uint8Array, length: number) => Uint8Array;

const codecs: Readonly<Record<string, Unpack>> = {
  UNCOMPRESSED: (packed) => packed,
  SNAPPY: (packed, length) => {
    const page = new Uint8Array(length);
    snappyUncompress(packed, page);
    return page;
  },
  GZIP: (packed, length) => gunzipSync(packed, { maxOutputLength: length }),
  ZSTD: (packed, length) => unzstd(packed, new Uint8Array(length)),
  BROTLI: (packed, length) => brotliDecompressSync(packed, { maxOutputLength: length }),
};

/** @throws Error where the codec is unknown, or the page is not as long as is said */
export function unpack(codec: string, packed: Uint8Array, length: number): Uint8Array {
  const found = Object.hasOwn(codecs, codec) ? codecs[codec] : undefined;
  if (found === undefined) {
    throw new Error(`is compressed by ${shortened(codec, 50)}; choose ${Object.keys(codecs).join(', ')}`);
  }
  const page = length === 0 ? new Uint8Array() : found(packed, length);
  if (page.length !== length) throw new Error(`a page has ${page.length} bytes; its head says ${length}`);
  return page;
}
