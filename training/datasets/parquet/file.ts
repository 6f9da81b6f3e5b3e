import { type FileHandle, open } from 'node:fs/promises';
import { type ColumnMetaData, type FileMetaData, parquetMetadata, parquetSchema, type SchemaTree } from 'hyparquet';
import { SennError } from '../../../core/errors.ts';
import { structLength } from './thrift.ts';

/**
 * A Parquet file of flat columns, of which the footer alone is in memory. The file is not believed: what it says of its sizes
 * is bounded before room is made for it, so that one of a few kilobytes cannot fill the memory.
 */

/** Bytes of a footer: some hundred a column and row group. */
const MAX_FOOTER = 2 ** 26;
/** Rows of a row group, and of the whole file; DuckDB writes 122,880 a group, pyarrow 1,048,576 at most. */
const MAX_GROUP_ROWS = 2 ** 26;
const MAX_ROWS = 2 ** 40;

const MAGIC = 'PAR1';
const TAIL = 8;

/** What is read of a column of a row group. */
export interface Chunk {
  /** Where its pages begin in the file, and their bytes. */
  readonly offset: number;
  readonly bytes: number;
  readonly codec: string;
}

export interface Column {
  readonly name: string;
  /** From the root on, as hyparquet decodes by. */
  readonly path: readonly SchemaTree[];
}

export interface RowGroup {
  /** Its first row in the file. */
  readonly start: number;
  readonly rows: number;
  /** By column. */
  readonly chunks: readonly Chunk[];
}

export interface ParquetFile {
  readonly path: string;
  readonly rows: number;
  readonly columns: readonly Column[];
  readonly groups: readonly RowGroup[];
  /** Bytes from a place on; fewer where the file ends. */
  read(offset: number, length: number): Promise<Buffer>;
  close(): Promise<void>;
}

/** @throws missing_data */
export const refusedParquet = (path: string, reason: string, cause?: unknown): SennError =>
  new SennError('missing_data', `${path}: ${reason}`, { path }, cause);

/** What hyparquet or its input is wrong in, as an error of the file. */
export const asRefused = (path: string, error: unknown): SennError =>
  error instanceof SennError
    ? error
    : refusedParquet(path, `cannot be read as Parquet: ${(error as Error).message}`, error);

async function readAt(handle: FileHandle, offset: number, length: number): Promise<Buffer> {
  const bytes = Buffer.alloc(length);
  const { bytesRead } = await handle.read(bytes, 0, length, offset);
  return bytes.subarray(0, bytesRead);
}

/** @throws Error where it is no Parquet file, or its footer is larger than may be */
async function footerOf(handle: FileHandle): Promise<FileMetaData> {
  const { size } = await handle.stat();
  const tail = await readAt(handle, Math.max(0, size - TAIL), TAIL);
  if (tail.length < TAIL || tail.toString('latin1', 4) !== MAGIC) throw new Error(`does not end in ${MAGIC}`);
  const length = tail.readUInt32LE(0);
  if (length > size - TAIL) throw new Error(`its footer of ${length} bytes is longer than the file`);
  if (length > MAX_FOOTER) throw new Error(`its footer has ${length} bytes; at most ${MAX_FOOTER} are read`);
  const footer = await readAt(handle, size - TAIL - length, length + TAIL);
  if (structLength(footer.subarray(0, length)) === undefined) throw new Error('its footer ends too early');
  return parquetMetadata(footer, { geoparquet: false });
}

/** A number of the file that must be a whole one from 0 to `most`. */
function whole(what: string, value: bigint | number | undefined, most: number): number {
  const number = Number(value ?? Number.NaN);
  if (Number.isInteger(number) && number >= 0 && number <= most) return number;
  throw new Error(`${what} is ${value}; it must be at most ${most}`);
}

/** @throws Error where its columns are in other files, or lie outside of this one */
function chunkOf({ type, codec, ...meta }: ColumnMetaData, column: Column, size: number): Chunk {
  const where = `column "${column.name}"`;
  const element = column.path.at(-1)?.element;
  if (element?.type !== undefined && element.type !== type) throw new Error(`${where} has another type in a row group`);
  const offset = whole(`${where}: its place`, meta.dictionary_page_offset || meta.data_page_offset, size);
  return { offset, codec, bytes: whole(`${where}: its size`, meta.total_compressed_size, size - offset) };
}

function columnsOf(metadata: FileMetaData): Column[] {
  const root = parquetSchema(metadata);
  return root.children.map((child) => ({ name: child.element.name, path: [root, child] }));
}

function groupsOf(metadata: FileMetaData, columns: readonly Column[], size: number): RowGroup[] {
  let start = 0;
  return metadata.row_groups.map((group, g) => {
    const rows = whole(`rows of group ${g}`, group.num_rows, MAX_GROUP_ROWS);
    const byName = new Map(
      group.columns.map(({ meta_data, file_path }) => [meta_data?.path_in_schema[0], { meta_data, file_path }]),
    );
    const chunks = columns.map((column) => {
      const { meta_data, file_path } = byName.get(column.name) ?? {};
      if (meta_data === undefined || file_path) throw new Error(`group ${g} has no column "${column.name}"`);
      return chunkOf(meta_data, column, size);
    });
    const found = { start, rows, chunks };
    start = whole('rows of all groups', start + rows, MAX_ROWS);
    return found;
  });
}

/** @throws missing_data where it cannot be read, is no Parquet file, or says of itself what is beyond the limits */
export async function openParquet(path: string): Promise<ParquetFile> {
  const handle = await open(path).catch((cause: NodeJS.ErrnoException) => {
    throw refusedParquet(path, `cannot be read (${cause.code})`, cause);
  });
  try {
    const metadata = await footerOf(handle);
    const columns = columnsOf(metadata);
    const groups = groupsOf(metadata, columns, (await handle.stat()).size);
    return {
      path,
      rows: groups.reduce((sum, { rows }) => sum + rows, 0),
      columns,
      groups,
      read: (offset, length) => readAt(handle, offset, length),
      close: () => handle.close(),
    };
  } catch (error) {
    await handle.close();
    throw asRefused(path, error);
  }
}
