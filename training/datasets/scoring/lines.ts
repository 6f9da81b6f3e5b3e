import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { SennError } from '../../../core/errors.ts';

/** Where the records of a text file begin, found in one pass, so that any of them can be read again without the others. */

/** Records between two places that are kept. */
const STRIDE = 256;
/** Bytes of one record, at most: a file without line breaks must not fill the memory. */
export const MAX_RECORD = 2 ** 22;

export interface RecordIndex {
  readonly count: number;
  /** Of the whole file. */
  readonly digest: string;
  /** Where the last kept record at or before this one begins, and which that is. */
  placeOf(record: number): { readonly offset: number; readonly record: number };
}

/** Keeps every 256th of the places that it is told. */
export function recordPlaces() {
  const offsets: number[] = [];
  let count = 0;
  return {
    add(offset: number): void {
      if (count % STRIDE === 0) offsets.push(offset);
      count += 1;
    },
    count: () => count,
    placeOf: (record: number) => {
      const at = Math.min(Math.floor(record / STRIDE), offsets.length - 1);
      return { offset: offsets[at] as number, record: at * STRIDE };
    },
  };
}

/** SHA-256 of a file, and every chunk of it with its place. */
export async function eachChunk(path: string, visit: (chunk: Buffer, offset: number) => void): Promise<string> {
  const hash = createHash('sha256');
  let offset = 0;
  try {
    for await (const chunk of createReadStream(path) as AsyncIterable<Buffer>) {
      hash.update(chunk);
      visit(chunk, offset);
      offset += chunk.length;
    }
  } catch (cause) {
    if (cause instanceof SennError) throw cause;
    throw new SennError('missing_data', `${path}: cannot be read (${(cause as NodeJS.ErrnoException).code})`, { path });
  }
  return hash.digest('hex');
}

const QUOTE = 0x22;
const NEWLINE = 0x0a;
const isBlank = (byte: number): boolean => byte === NEWLINE || byte === 0x0d || byte === 0x20 || byte === 0x09;

/**
 * One record a line, blank lines passed over.
 * @param quoted whether a line break between double quotes is part of a record, as in CSV
 * @throws missing_data where the file cannot be read or a record is longer than 4 MiB
 */
export async function indexRecords(path: string, quoted: boolean): Promise<RecordIndex> {
  const places = recordPlaces();
  let [isQuoted, begin, isRecord] = [false, 0, false];
  const digest = await eachChunk(path, (chunk, offset) => {
    for (let i = 0; i < chunk.length; i++) {
      const byte = chunk[i] as number;
      if (byte === NEWLINE && !isQuoted) {
        [begin, isRecord] = [offset + i + 1, false];
        continue;
      }
      if (quoted && byte === QUOTE) isQuoted = !isQuoted;
      if (!isRecord && !isBlank(byte)) {
        isRecord = true;
        places.add(begin);
      }
      if (offset + i - begin > MAX_RECORD) {
        throw new SennError('missing_data', `${path}: the record at byte ${begin} has more than ${MAX_RECORD} bytes`, {
          path,
          offset: begin,
        });
      }
    }
  });
  return { count: places.count(), digest, placeOf: places.placeOf };
}

/**
 * Some rows, out of records that begin at or before the first of them; what lies between is passed over.
 * @param first the row that `records` begin with
 * @param wanted rows, ascending, at least one
 * @param read what a record holds
 */
export async function readPlaces<T, R>(
  records: AsyncIterable<T>,
  first: number,
  wanted: readonly number[],
  read: (record: T, row: number) => R,
): Promise<R[]> {
  const rows: R[] = [];
  let row = first;
  for await (const record of records) {
    if (row === wanted[rows.length]) rows.push(read(record, row));
    row += 1;
    if (rows.length === wanted.length) break;
  }
  return rows;
}
