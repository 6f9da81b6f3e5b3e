import type { PageHeader } from 'hyparquet';
import { parquetHeader } from 'hyparquet/src/column.js';
import type { Chunk, ParquetFile } from './file.ts';
import { structLength } from './thrift.ts';

/** Where the pages of a column lie and how many rows each has, by their heads alone. */

/** Bytes of a page when it is unpacked, and its rows. Writers end a page at 1 MiB, or at the end of the row group. */
const MAX_PAGE_BYTES = 2 ** 28;
const MAX_PAGE_ROWS = 2 ** 22;

/** Bytes that are read of a head at first, and at most: it may hold the smallest and the largest text of its page. */
const HEAD = 2 ** 10;
const MAX_HEAD = 2 ** 20;

export interface Page {
  readonly header: PageHeader;
  /** Of what follows the head. */
  readonly offset: number;
  /** Its first row in the row group. */
  readonly start: number;
  /** None of a dictionary. */
  readonly rows: number;
}

export interface Pages {
  readonly dictionary: Page | undefined;
  readonly data: readonly Page[];
}

async function headAt(file: ParquetFile, at: number, end: number): Promise<{ header: PageHeader; length: number }> {
  for (let size = HEAD; ; size *= 4) {
    const bytes = await file.read(at, Math.min(size, end - at));
    const length = structLength(bytes);
    if (length !== undefined) {
      const view = new DataView(bytes.buffer, bytes.byteOffset, length);
      return { header: parquetHeader({ view, offset: 0 }), length };
    }
    if (size >= MAX_HEAD || bytes.length < size) throw new Error(`the head of the page at byte ${at} does not end`);
  }
}

/** Values that a page says it has. @throws Error where they are beyond the limits, or one another's */
function valuesOf(header: PageHeader): number {
  const { data_page_header: v1, data_page_header_v2: v2, dictionary_page_header: dictionary } = header;
  const { num_values: values } = v1 ?? v2 ?? dictionary ?? { num_values: -1 };
  const rule = (holds: boolean, what: string): void => {
    if (!holds) throw new Error(`a page ${what}`);
  };
  const { uncompressed_page_size: bytes, compressed_page_size: packed } = header;
  rule(values >= 0 && values <= MAX_PAGE_ROWS, `has ${values} values; at most ${MAX_PAGE_ROWS} are read`);
  rule(bytes >= 0 && bytes <= MAX_PAGE_BYTES, `unpacks to ${bytes} bytes; at most ${MAX_PAGE_BYTES} are read`);
  rule(packed >= 0, 'has no size');
  if (dictionary !== undefined) rule(values <= bytes, `has a dictionary of ${values} values in ${bytes} bytes`);
  if (v2 !== undefined) {
    const { num_nulls: nulls, num_rows: rows, definition_levels_byte_length, repetition_levels_byte_length } = v2;
    rule(nulls >= 0 && nulls <= values && rows === values, `has ${values} values, ${nulls} nulls, ${rows} rows`);
    rule(repetition_levels_byte_length === 0, 'has nested values');
    rule(definition_levels_byte_length >= 0 && definition_levels_byte_length <= Math.min(packed, bytes), 'is torn');
  }
  return values;
}

/**
 * The pages of a chunk, which must have as many rows as its group.
 * @throws Error where they have not, or a page is larger than may be
 */
export async function pagesOf(file: ParquetFile, { offset, bytes }: Chunk, rows: number): Promise<Pages> {
  const end = offset + bytes;
  const data: Page[] = [];
  let dictionary: Page | undefined;
  let start = 0;
  for (let at = offset; at < end && start < rows; ) {
    const { header, length } = await headAt(file, at, end);
    const values = valuesOf(header);
    const page = { header, offset: at + length, start, rows: header.type === 'DICTIONARY_PAGE' ? 0 : values };
    at = page.offset + header.compressed_page_size;
    if (at > end) throw new Error(`the page at byte ${page.offset} is longer than its column`);
    if (header.type === 'DICTIONARY_PAGE') dictionary ??= page;
    else data.push(page);
    start += page.rows;
  }
  if (start !== rows) throw new Error(`its pages have ${start} rows; its group has ${rows}`);
  return { dictionary, data };
}
