import type { DecodedArray } from 'hyparquet';
import { assembleLists } from 'hyparquet/src/assemble.js';
import { convert, convertWithDictionary, DEFAULT_PARSERS } from 'hyparquet/src/convert.js';
import { readDataPage, readDataPageV2 } from 'hyparquet/src/datapage.js';
import { readPlain } from 'hyparquet/src/plain.js';
import { unpack } from './codecs.ts';
import type { Chunk, Column, ParquetFile } from './file.ts';
import { checkDeltas, checkRuns, countOnes } from './levels.ts';
import type { Page, Pages } from './pages.ts';

/** The values of a column, a page in memory at a time. hyparquet decodes; what it would believe is checked before. */

type ColumnDecoder = Parameters<typeof readDataPage>[2];

/** Encodings that are read, each with what is checked of its bytes. The others are refused by name. */
const encodings: Readonly<Record<string, (values: Uint8Array, count: number) => void>> = {
  PLAIN: () => {},
  BYTE_STREAM_SPLIT: () => {},
  RLE: (values, count) => checkRuns(values.subarray(4), count, 1), // of truth values, behind the length of the runs
  PLAIN_DICTIONARY: (values, count) => checkIndices(values, count),
  RLE_DICTIONARY: (values, count) => checkIndices(values, count),
  DELTA_BINARY_PACKED: (values) => checkDeltas(values),
  DELTA_LENGTH_BYTE_ARRAY: (values) => checkDeltas(values),
};

/** Places in a dictionary: the bits of each, then runs; none where it has one entry, as some writers have it. */
function checkIndices(values: Uint8Array, count: number): void {
  const [width = 0] = values;
  if (width > 0 || values.length > 1) checkRuns(values.subarray(1), count, width);
}

function checkValues(encoding: string, values: Uint8Array, count: number): void {
  const check = Object.hasOwn(encodings, encoding) ? encodings[encoding] : undefined;
  if (check === undefined) throw new Error(`is encoded by ${encoding}; choose ${Object.keys(encodings).join(', ')}`);
  if (count > 0) check(values, count);
}

const isOptional = ({ path }: Column): boolean => path.at(-1)?.element.repetition_type === 'OPTIONAL';

const decoderOf = (column: Column): ColumnDecoder => {
  const element = column.path.at(-1)?.element;
  if (element?.type === undefined) throw new Error('has nested values');
  return {
    pathInSchema: [column.name],
    element,
    type: element.type,
    schemaPath: [...column.path],
    codec: 'UNCOMPRESSED', // pages are unpacked here
    parsers: DEFAULT_PARSERS,
  };
};

type Decoded = ReturnType<typeof readDataPage> & { readonly encoding: string };
type Decode = (page: Page, packed: Uint8Array, column: Column, codec: string) => Decoded;

/** Whether each value is there, in four bytes for their length and runs of bits. */
function levelsOf(page: Uint8Array, count: number): { readonly length: number; readonly present: number } {
  const length = new DataView(page.buffer, page.byteOffset, page.byteLength).getUint32(0, true);
  if (length > page.length - 4) throw new Error('a page is torn');
  return { length: 4 + length, present: countOnes(page.subarray(4, 4 + length), count) };
}

/** A page of the first version: all of it is compressed. */
const decodeV1: Decode = ({ header, rows }, packed, column, codec) => {
  const { data_page_header: head } = header;
  if (head === undefined) throw new Error('a page has no head');
  const page = unpack(codec, packed, header.uncompressed_page_size);
  const { length, present } = isOptional(column) ? levelsOf(page, rows) : { length: 0, present: rows };
  const { encoding } = head;
  checkValues(encoding, page.subarray(length), present);
  return { encoding, ...readDataPage(page, head, decoderOf(column)) };
};

/** A page of the second version: what says which values are there stands before what is compressed. */
const decodeV2: Decode = ({ header, rows }, packed, column, codec) => {
  const { data_page_header_v2: head } = header;
  if (head === undefined) throw new Error('a page has no head');
  const { num_nulls, definition_levels_byte_length: begin, encoding, is_compressed } = head;
  const present = isOptional(column) ? countOnes(packed.subarray(0, begin), rows) : rows;
  if (present !== rows - num_nulls) throw new Error(`a page has ${rows - present} nulls; its head says ${num_nulls}`);
  const length = header.uncompressed_page_size - begin;
  const values = is_compressed === false ? packed.subarray(begin) : unpack(codec, packed.subarray(begin), length);
  checkValues(encoding, values, present);
  const page = Buffer.concat([packed.subarray(0, begin), values]);
  return { encoding, ...readDataPageV2(page, { ...header, uncompressed_page_size: page.length }, decoderOf(column)) };
};

async function bytesOf(file: ParquetFile, { offset, header }: Page): Promise<Buffer> {
  const bytes = await file.read(offset, header.compressed_page_size);
  if (bytes.length < header.compressed_page_size) throw new Error('the file ends within a page');
  return bytes;
}

async function dictionaryOf(file: ParquetFile, page: Page, column: Column, codec: string): Promise<DecodedArray> {
  const { header } = page;
  const bytes = unpack(codec, await bytesOf(file, page), header.uncompressed_page_size);
  const decoder = decoderOf(column);
  const reader = { view: new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength), offset: 0 };
  const { num_values = 0 } = header.dictionary_page_header ?? {};
  return convert(readPlain(reader, decoder.type, num_values, decoder.element.type_length), decoder);
}

/** What is read of a column. */
export interface ColumnPart {
  readonly column: Column;
  readonly chunk: Chunk;
  readonly pages: Pages;
}

/**
 * Rows `[start, end)` of a row group, in their order.
 * @param take is handed each value (`null` or `undefined` where there is none) with its row
 * @throws Error where the pages are torn, or in a form that is not read
 */
export async function readRows(
  file: ParquetFile,
  { column, chunk: { codec }, pages }: ColumnPart,
  [start, end]: readonly [number, number],
  take: (value: unknown, row: number) => void,
): Promise<void> {
  const dictionary = pages.dictionary && (await dictionaryOf(file, pages.dictionary, column, codec));
  const { schemaPath } = decoderOf(column);
  for (const page of pages.data) {
    if (page.start >= end || page.start + page.rows <= start) continue;
    const decode = page.header.type === 'DATA_PAGE_V2' ? decodeV2 : decodeV1;
    const found = decode(page, await bytesOf(file, page), column, codec);
    const values = convertWithDictionary(found.dataPage, dictionary, found.encoding as never, decoderOf(column));
    const all = assembleLists([], found.definitionLevels, [], values, schemaPath);
    if (all.length !== page.rows) throw new Error(`a page has ${all.length} rows; its head says ${page.rows}`);
    const [from, to] = [Math.max(start, page.start), Math.min(end, page.start + page.rows)];
    for (let row = from; row < to; row++) take(all[row - page.start], row);
  }
}
