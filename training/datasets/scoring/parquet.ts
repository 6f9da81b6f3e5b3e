import { SennError } from '../../../core/errors.ts';
import { chooseInputs } from '../../../core/scoring/sample.ts';
import type { ScoringSource, SourceOptions } from '../../../core/scoring/source.ts';
import { type ColumnPart, readRows } from '../parquet/column.ts';
import { asRefused, type Column, openParquet, type ParquetFile, refusedParquet } from '../parquet/file.ts';
import { pagesOf } from '../parquet/pages.ts';
import type { TabularInput } from './csv.ts';
import { eachChunk } from './lines.ts';
import { batchOf, columnsOf, type Found } from './options.ts';

/** The rows of a Parquet file whose columns are the model's features, in any order, in their own units. */

/** Rows, and their values, that are in memory at a time: some thousand batches, so that pages are not unpacked for each. */
const WINDOW_ROWS = 2 ** 16;
const WINDOW_VALUES = 2 ** 25;

/** What a column holds, told by its type, where its values are no numbers. */
function typeOf({ path }: Column): string | undefined {
  const { type, converted_type, logical_type, repetition_type } = path.at(-1)?.element ?? {};
  if (type === undefined || repetition_type === 'REPEATED') return 'nested values';
  const told = logical_type?.type ?? converted_type;
  if (told === 'DECIMAL' || told === 'FLOAT16') return undefined;
  const isPlain = told === undefined || /^U?INT(EGER|_\d+)$/.test(told);
  return isPlain && type !== 'BYTE_ARRAY' && type !== 'FIXED_LEN_BYTE_ARRAY' && type !== 'INT96'
    ? undefined
    : (told ?? type);
}

/** @throws unsupported_input where a feature is a column of texts, dates or lists, so that no row could be scored */
function checkTypes(path: string, columns: readonly Column[], labelAt: number): void {
  for (const [c, column] of columns.entries()) {
    const type = typeOf(column);
    if (type === undefined || (c === labelAt && type !== 'nested values')) continue;
    const must = c === labelAt ? 'one class a row' : 'numbers';
    throw new SennError('unsupported_input', `${path}: column "${column.name}" holds ${type}; it must hold ${must}`, {
      path,
      column: column.name,
    });
  }
}

/** Some rows of the file, one after the other, and where their row group begins. */
interface Window {
  readonly start: number;
  readonly end: number;
  /** `[rows, features]`; NaN where there is no number. */
  readonly values: Float32Array;
  readonly labels: readonly (string | undefined)[];
}

interface Read {
  readonly file: ParquetFile;
  /** By feature. */
  readonly places: readonly number[];
  readonly labelAt: number;
}

/** The last row group and window that were read are kept; sets are read from their beginning to their end. */
function windowReader({ file, places, labelAt }: Read): (row: number) => Promise<Window> {
  const F = places.length;
  const most = Math.min(WINDOW_ROWS, Math.max(1, Math.floor(WINDOW_VALUES / F)));
  const wanted = labelAt === -1 ? places : [...places, labelAt];
  let group: { readonly at: number; readonly parts: Promise<readonly ColumnPart[]> } | undefined;
  let last: { readonly start: number; readonly end: number; readonly window: Promise<Window> } | undefined;

  const partsOf = async (g: number): Promise<ColumnPart[]> => {
    const { rows, chunks } = file.groups[g] as ParquetFile['groups'][number];
    const parts: ColumnPart[] = [];
    for (const c of wanted) {
      const [column, chunk] = [file.columns[c] as Column, chunks[c] as ColumnPart['chunk']];
      parts.push({ column, chunk, pages: await inColumn(column, () => pagesOf(file, chunk, rows)) });
    }
    return parts;
  };
  const inColumn = <T>({ name }: Column, work: () => Promise<T>): Promise<T> =>
    work().catch((error: Error) => {
      throw new Error(`column "${name}": ${error.message}`, { cause: error });
    });
  const read = async (
    parts: readonly ColumnPart[],
    groupStart: number,
    start: number,
    end: number,
  ): Promise<Window> => {
    const values = new Float32Array((end - start) * F);
    const labels: (string | undefined)[] = [];
    const range = [start - groupStart, end - groupStart] as const;
    for (const [f, part] of parts.entries()) {
      await inColumn(part.column, () =>
        readRows(file, part, range, (value, row) => {
          if (f < F) values[(row - range[0]) * F + f] = value == null ? Number.NaN : Number(value);
          else labels.push(value == null ? undefined : String(value));
        }),
      );
    }
    return { start, end, values, labels };
  };

  return (row) => {
    if (last !== undefined && row >= last.start && row < last.end) return last.window;
    const g = file.groups.findIndex(({ start, rows }) => row >= start && row < start + rows);
    const { start: groupStart, rows } = file.groups[g] as ParquetFile['groups'][number];
    if (group?.at !== g) group = { at: g, parts: partsOf(g) };
    const start = groupStart + Math.floor((row - groupStart) / most) * most;
    const end = Math.min(start + most, groupStart + rows);
    const window = group.parts.then((parts) => read(parts, groupStart, start, end));
    last = { start, end, window };
    return window;
  };
}

/**
 * A row without a value, with one that is no finite number, or with a label that is no class, is not scored.
 * @throws missing_data where it is no Parquet file; unsupported_input where its columns are not the features
 */
export async function parquetSource(
  path: string,
  input: TabularInput,
  { classes, ...choice }: SourceOptions,
): Promise<ScoringSource> {
  const features = input.features.map(({ name }) => name);
  const file = await openParquet(path);
  try {
    const names = file.columns.map(({ name }) => name);
    const twice = names.find((name, i) => names.indexOf(name) !== i);
    if (twice !== undefined) throw refusedParquet(path, `column "${twice}" is named twice`);
    const { places, labelAt } = columnsOf(path, names, features);
    checkTypes(path, file.columns, labelAt);
    const { count, placeOf, ...chosen } = chooseInputs(file.rows, choice);
    if (count === 0) throw refusedParquet(path, 'holds no records');
    const labelled = labelAt !== -1 && classes !== undefined;
    const F = features.length;
    const windowAt = windowReader({ file, places, labelAt: labelled ? labelAt : -1 });
    const found = async (row: number): Promise<Found> => {
      const window = await windowAt(row);
      const at = row - window.start;
      const values = window.values.subarray(at * F, (at + 1) * F);
      const odd = values.findIndex((value) => !Number.isFinite(value));
      const told = Number.isNaN(values[odd]) ? 'NaN or nothing' : values[odd];
      return {
        where: `${path}, record ${row + 1}`,
        values,
        label: window.labels[at],
        ...(odd !== -1 && { reason: `column "${features[odd]}" must be a number within float32, got ${told}` }),
      };
    };
    /** @throws missing_data */
    const read = async (begin: number, end: number): Promise<Found[]> => {
      const rows: Found[] = [];
      try {
        for (let i = begin; i < end; i++) rows.push(await found(placeOf(i)));
      } catch (error) {
        throw asRefused(path, error);
      }
      return rows;
    };
    await read(0, 1); // a form that is not read is found before any work
    return {
      name: path,
      count,
      ...chosen,
      shape: [F],
      digest: await eachChunk(path, () => {}),
      labelled,
      read: async (start, end) => batchOf(await read(start, end), start, [F], labelled ? classes : undefined),
      close: () => file.close(),
    };
  } catch (error) {
    await file.close();
    throw error;
  }
}
