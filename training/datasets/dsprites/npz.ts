import { crc32 } from 'node:zlib';
import type { Entry, ZipFile } from 'yauzl';
import { SennError } from '../../../core/errors.ts';
import { sizeOf } from '../../../core/tensor.ts';
import { readNpz } from '../files/npz.ts';
import { type NpyHeader, parseNpyHeader } from './npy.ts';

/** An array of zeros and ones, eight to a byte, the first in the lowest bit. */
export interface BitArray {
  readonly shape: readonly number[];
  readonly bits: Uint8Array;
}

/** Bytes to read before giving up on finding a header. */
const MOST_HEADER = 1 << 16;

/** Packs values as they come. It counts whole bytes and bits apart: 3 billion values are more than 32 bits can count. */
class BitWriter {
  readonly #bits: Uint8Array;
  readonly #count: number;
  readonly #where: string;
  #byte = 0;
  #bit = 0;

  constructor(count: number, where: string) {
    this.#bits = new Uint8Array(Math.ceil(count / 8));
    this.#count = count;
    this.#where = where;
  }

  get #written(): number {
    return 8 * this.#byte + this.#bit;
  }

  #refuse(reason: string): SennError {
    return new SennError('missing_data', `${this.#where}: ${reason}`, { where: this.#where });
  }

  write(values: Uint8Array): void {
    if (this.#written + values.length > this.#count) {
      throw this.#refuse(`has more than the ${this.#count} values of its shape`);
    }
    const bits = this.#bits;
    let [byte, bit] = [this.#byte, this.#bit];
    for (let i = 0; i < values.length; i++) {
      const value = values[i] as number;
      if (value > 1) throw this.#refuse(`value ${this.#written + i} must be 0 or 1, got ${value}`);
      bits[byte] = (bits[byte] as number) | (value << bit);
      if (++bit === 8) {
        byte++;
        bit = 0;
      }
    }
    this.#byte = byte;
    this.#bit = bit;
  }

  finish(): Uint8Array {
    if (this.#written !== this.#count) {
      throw this.#refuse(`has ${this.#written} of the ${this.#count} values of its shape`);
    }
    return this.#bits;
  }
}

function checkHeader({ descr, fortranOrder, shape }: NpyHeader, where: string, expected: readonly number[]): void {
  const actual = `${descr}${fortranOrder ? ' in Fortran order' : ''} [${shape.join(', ')}]`;
  const wanted = `|u1 [${expected.join(', ')}]`;
  if (actual !== wanted) {
    throw new SennError('missing_data', `${where}: ${actual} must be ${wanted}`, { where, actual, expected: wanted });
  }
}

async function findEntry(zip: ZipFile, member: string, path: string): Promise<Entry> {
  const names: string[] = [];
  for await (const entry of zip.eachEntry()) {
    if (entry.fileName === member) return entry;
    names.push(entry.fileName);
  }
  throw new SennError('missing_data', `${path}: has no ${member}; it holds ${names.join(', ')}`, { path, names });
}

/** The elements of an entry as they are unpacked; no more than a chunk of them is ever held as bytes. */
async function readBits(zip: ZipFile, entry: Entry, where: string, shape: readonly number[]): Promise<BitArray> {
  let start: Buffer = Buffer.alloc(0);
  let writer: BitWriter | undefined;
  let checksum = 0;
  for await (const chunk of (await zip.openReadStreamPromise(entry)) as AsyncIterable<Buffer>) {
    checksum = crc32(chunk, checksum);
    if (writer !== undefined) {
      writer.write(chunk);
      continue;
    }
    start = Buffer.concat([start, chunk]);
    const header = parseNpyHeader(start, where);
    if (header === undefined && start.length < MOST_HEADER) continue;
    if (header === undefined) break;
    checkHeader(header, where, shape);
    writer = new BitWriter(sizeOf(shape), where);
    writer.write(start.subarray(header.length));
  }
  if (writer === undefined) throw new SennError('missing_data', `${where}: ends before its header does`, { where });
  const bits = writer.finish();
  if (checksum !== entry.crc32) {
    throw new SennError('missing_data', `${where}: checksum ${checksum} must be ${entry.crc32}`, { where });
  }
  return { shape, bits };
}

/**
 * An array of zeros and ones (`uint8`) of a `.npz` file, a zip of `.npy` files, read as a stream.
 * @param member name of the array in the file, with its `.npy`
 * @param shape that it must have
 * @throws missing_data where the file cannot be read or holds something else
 */
export async function readNpzBits(path: string, member: string, shape: readonly number[]): Promise<BitArray> {
  return readNpz(path, async (zip) => readBits(zip, await findEntry(zip, member, path), `${path}: ${member}`, shape));
}
