import { CsvError, parse } from 'csv-parse/sync';
import { SennError } from '../../../core/errors.ts';

/** A line of a CSV file. */
export interface CsvRecord {
  /** Of the file, from 1 on. */
  readonly line: number;
  /** `[columns]`, without surrounding space. */
  readonly cells: readonly string[];
}

/** A CSV file: every record has as many cells as there are columns. */
export interface CsvFile {
  /** Where it came from, for errors. */
  readonly where: string;
  readonly columns: readonly string[];
  readonly records: readonly CsvRecord[];
}

/** Lines → records; empty lines are passed over. @throws missing_data with the line */
function parseLines(bytes: Uint8Array, where: string, delimiter: string): CsvRecord[] {
  try {
    const lines = parse(bytes, { bom: true, delimiter, info: true, skip_empty_lines: true, trim: true }) as unknown;
    return (lines as { info: { lines: number }; record: string[] }[]).map(({ info, record }) => ({
      line: info.lines,
      cells: record,
    }));
  } catch (cause) {
    if (!(cause instanceof CsvError)) throw cause;
    throw new SennError('missing_data', `${where}: ${cause.message}`, { where, code: cause.code }, cause);
  }
}

/**
 * A CSV file (RFC 4180) of UTF-8 text.
 * @param header `true` when the first line names the columns, or their names when no line does
 * @throws missing_data where it is not a CSV file, has no records, or has other columns
 */
export function readCsv(bytes: Uint8Array, where: string, header: true | readonly string[], delimiter = ','): CsvFile {
  const lines = parseLines(bytes, where, delimiter);
  const columns = header === true ? (lines[0]?.cells ?? []) : header;
  const records = header === true ? lines.slice(1) : lines;
  const refuse = (reason: string): SennError =>
    new SennError('missing_data', `${where}: ${reason}`, { where, columns });
  const twice = columns.find((name, i) => columns.indexOf(name) !== i);
  if (twice !== undefined) throw refuse(`column "${twice}" is named twice`);
  const [first] = records;
  if (first === undefined) throw refuse('holds no records');
  if (first.cells.length !== columns.length) {
    throw refuse(
      `line ${first.line} has ${first.cells.length} columns; it must have the ${columns.length} that are named`,
    );
  }
  return { where, columns, records };
}
