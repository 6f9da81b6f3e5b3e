import type { SchemaElement } from 'hyparquet';
import { ByteWriter, ParquetWriter } from 'hyparquet-writer';
import type { AtomicFile } from '../../../atomic-file.ts';
import type { InputRow } from './rows.ts';

/** The rows of a report as a Parquet file: typed columns, null where there is no value, attributions as lists. */

/** Rows of a row group, and numbers of attributions in it, which are in memory until it is written. */
const GROUP_ROWS = 2 ** 16;
const GROUP_NUMBERS = 2 ** 20;

type Cell = string | number | null | readonly number[] | readonly (readonly number[])[];
type Type = Pick<SchemaElement, 'type' | 'converted_type' | 'logical_type'>;

const text: Type = { type: 'BYTE_ARRAY', converted_type: 'UTF8', logical_type: { type: 'STRING' } };
const integer: Type = { type: 'INT32' };

/** A list in three levels, as the format has it. */
const listOf = (name: string, element: readonly SchemaElement[]): SchemaElement[] => [
  { name, repetition_type: 'REQUIRED', converted_type: 'LIST', logical_type: { type: 'LIST' }, num_children: 1 },
  { name: 'list', repetition_type: 'REPEATED', num_children: 1 },
  ...element,
];

/** `[F]`, or `[H][W]`, of 32 bits a number as the attributions are. */
function attributionColumn(name: string, [first]: InputRow['attributions'][string]): SchemaElement[] {
  const element: SchemaElement = { name: 'element', type: 'FLOAT', repetition_type: 'REQUIRED' };
  return listOf(name, typeof first === 'number' ? [element] : listOf('element', [element]));
}

/** The columns of a row, by name. */
function cellsOf({ values, attributions, ...row }: InputRow): Record<string, Cell> {
  const attributed = Object.entries(attributions).map(([name, value]) => [`attributions.${name}`, value]);
  return { ...row, ...values, ...Object.fromEntries(attributed) };
}

/** Every row of a report has the columns of the first. */
function schemaOf({ values, attributions, ...row }: InputRow): SchemaElement[] {
  const columns = [
    ...Object.entries(row).map(([name, value]): SchemaElement[] => [
      { name, repetition_type: 'REQUIRED', ...(typeof value === 'string' ? text : integer) },
    ]),
    ...Object.keys(values).map((name): SchemaElement[] => [{ name, type: 'DOUBLE', repetition_type: 'OPTIONAL' }]),
    ...Object.entries(attributions).map(([name, value]) => attributionColumn(`attributions.${name}`, value)),
  ];
  return [{ name: 'inputs', num_children: columns.length }, ...columns.flat()];
}

const numbersOf = ({ attributions }: InputRow): number =>
  Object.values(attributions).reduce((sum, value) => sum + value.flat().length, 0);

/** Writes a row group at a time. Without rows there is no column to name, and the file holds none. */
export async function writeParquet(rows: AsyncIterable<InputRow>, file: AtomicFile): Promise<void> {
  const bytes = new ByteWriter();
  const flush = async (): Promise<void> => {
    await file.write(bytes.getBytes());
    bytes.index = 0;
  };
  let writer: ParquetWriter | undefined;
  let group: Record<string, Cell>[] = [];
  let numbers = 0;
  const open = (schema: SchemaElement[]) => new ParquetWriter({ writer: bytes, schema, createdBy: 'senn-onnx' });
  const writeGroup = async (): Promise<void> => {
    if (group.length === 0) return;
    const columnData = Object.keys(group[0] as object).map((name) => ({ name, data: group.map((row) => row[name]) }));
    await writer?.write({ columnData, rowGroupSize: group.length });
    await flush();
    group = [];
    numbers = 0;
  };
  for await (const row of rows) {
    writer ??= open(schemaOf(row));
    group.push(cellsOf(row));
    numbers += numbersOf(row);
    if (group.length >= GROUP_ROWS || numbers >= GROUP_NUMBERS) await writeGroup();
  }
  await writeGroup();
  writer ??= open([{ name: 'inputs', num_children: 0 }]);
  await writer.finish();
  await flush();
}
