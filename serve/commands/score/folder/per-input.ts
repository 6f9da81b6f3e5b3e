import type { AtomicFile } from '../../../atomic-file.ts';
import { writeParquet } from './parquet.ts';
import type { InputRow } from './rows.ts';

/** The file with a row an input, in the format that is asked for. */

export const perInputFormats = ['ndjson', 'csv', 'parquet'] as const;
export type PerInputFormat = (typeof perInputFormats)[number];

type Write = (rows: AsyncIterable<InputRow>, file: AtomicFile) => Promise<void>;

/** Characters that are gathered before they are written. */
const CHUNK = 1 << 18;

/** Writes lines, some thousand at a time. */
async function writeLines(lines: AsyncIterable<string>, file: AtomicFile): Promise<void> {
  let text = '';
  for await (const line of lines) {
    text += `${line}\n`;
    if (text.length < CHUNK) continue;
    await file.write(text);
    text = '';
  }
  await file.write(text);
}

/** One JSON object a line, attributions included. */
async function* jsonLines(rows: AsyncIterable<InputRow>): AsyncGenerator<string> {
  for await (const { values, attributions, ...row } of rows) {
    const attributed = Object.keys(attributions).length > 0;
    yield JSON.stringify({ ...row, ...values, ...(attributed && { attributions }) });
  }
}

/** A cell by RFC 4180: quoted where it would not be one cell otherwise. */
const cellOf = (value: string | number | null | undefined): string => {
  const text = value == null ? '' : String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
};

/** A header, then one line an input; an empty cell where there is no value. Attributions are in NDJSON alone. */
async function* csvLines(rows: AsyncIterable<InputRow>): AsyncGenerator<string> {
  let isFirst = true;
  for await (const { values, attributions: _, ...row } of rows) {
    const cells = { ...row, ...values };
    if (isFirst) yield Object.keys(cells).map(cellOf).join(',');
    isFirst = false;
    yield Object.values(cells).map(cellOf).join(',');
  }
}

export const writePerInput = {
  ndjson: (rows, file) => writeLines(jsonLines(rows), file),
  csv: (rows, file) => writeLines(csvLines(rows), file),
  parquet: writeParquet,
} as const satisfies Record<PerInputFormat, Write>;
